//! What clients see of it while it is up.

use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};

use super::client::{Answer, Client};
use super::service::{Place, Service, id};
use crate::examples::program::example;

fn memory() -> Service {
    Service::start(example("notes").args(["--port", "0", "--memory"]))
}

#[track_caller]
fn expect(answer: &Answer, status: u16, body: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.body.contains(body), "{answer:?}");
    assert!(!answer.is_last, "{answer:?}");
}

#[test]
fn notes_are_kept() {
    let place = Place::new();
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let before = place.notes().len();
        let service = place.start();
        let mut client = service.client();
        let written = client.post("buy bread").unwrap();
        expect(&written, 201, "buy bread");
        let path = format!("/notes/{}", id(&written.body));
        expect(&client.get(&path).unwrap(), 200, "buy bread");
        let output = service.stop_by(signal);
        output.assert_once("notes written: 1");
        place.expect_closed();
        assert_eq!(place.notes().len(), before + 1);
    }
}

#[test]
fn there_are_pages() {
    let service = memory();
    let mut client = service.client();
    let texts: Vec<_> = (1..=250).map(|number| format!("note {number}")).collect();
    for text in &texts {
        expect(&client.post(text).unwrap(), 201, text);
    }
    assert!(service.notes().into_values().eq(texts));
    service.stop_by(SIGTERM).assert_once("notes written: 250");
}

#[test]
fn wrong_requests_are_told() {
    let service = memory();
    let mut client = service.client();
    expect(&client.get("/ready").unwrap(), 200, "ready");
    expect(&client.get("/notes").unwrap(), 200, "[]");
    expect(&client.post("").unwrap(), 400, "empty");
    expect(&client.post(" \n").unwrap(), 400, "empty");
    expect(&client.get("/notes/1").unwrap(), 404, "");
    expect(&client.get("/notes/one").unwrap(), 400, "one");
    expect(&client.get("/notes?after=one").unwrap(), 400, "");
    expect(&client.get("/other").unwrap(), 404, "");
    expect(&client.ask("DELETE", "/notes/1", "").unwrap(), 405, "");
    expect(&client.ask("POST", "/ready", "").unwrap(), 405, "");
    let longest = "x".repeat(64 * 1024);
    expect(&client.post(&longest).unwrap(), 201, "xxx");

    let too_long = longest + "x";
    assert_eq!(service.client().post(&too_long).unwrap().status, 413);

    let mut client = service.client();
    client.send_bytes(b"POST /notes HTTP/1.1\r\nhost: test\r\ncontent-length: 2\r\n\r\n\xff\xff");
    assert_eq!(client.answer().unwrap().status, 400);

    let mut client = service.client();
    client.send("nonsense\r\n\r\n").unwrap();
    assert_eq!(client.answer().unwrap().status, 400);

    assert_eq!(service.notes().len(), 1);
    service.stop_by(SIGTERM).assert_once("notes written: 1");
}

/// Connections that are idle, and some that have not said anything yet.
#[test]
fn idle_connections_do_not_hold_up_the_end() {
    let place = Place::new();
    let service = place.start();
    let mut silent: Vec<Client> = (0..20).map(|_| service.client()).collect();
    let mut idle: Vec<Client> = (0..20).map(|_| service.client()).collect();
    for client in &mut idle {
        expect(&client.post("a note").unwrap(), 201, "");
    }
    // Not 124, as it would be if it had waited for them until `run` was out of time.
    service.stop_by(SIGTERM).assert_once("notes written: 20");
    for client in silent.iter_mut().chain(&mut idle) {
        client.expect_end();
    }
    place.expect_closed();
}
