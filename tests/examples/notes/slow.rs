//! Clients that never come to the end of their request, and a database that is busy.

use std::io::ErrorKind;
use std::net::TcpStream;

use aplomb_testing::{Output, wait_until};
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::client::{Client, request};
use super::service::{Place, Service};
use crate::support::pause_past_debounce;

/// One that has sent a half of its head, and one that has sent a half of its note.
fn slow_clients(service: &Service) -> [Client; 2] {
    let whole = request("POST", "/notes", "a note");
    [20, whole.len() - 3].map(|length| {
        let mut client = service.client();
        // Whole, so that the connection is in the service's hands.
        assert_eq!(client.post("the first").unwrap().status, 201);
        client.send(&whole[..length]).unwrap();
        client
    })
}

/// Presses Ctrl-C until the drain has been skipped: the door is closed.
fn skip_drain(service: &Service) {
    service.app.send_signal(SIGINT);
    wait_until("the signal is seen", || {
        service.client().get("/ready").unwrap().status == 503
    });
    pause_past_debounce();
    service.app.send_signal(SIGINT);
    wait_until("new clients are refused", || {
        match TcpStream::connect(service.address) {
            Ok(_) => false,
            Err(error) => error.kind() == ErrorKind::ConnectionRefused,
        }
    });
}

#[track_caller]
fn expect_two_notes(place: &Place, output: &Output) {
    output.assert_once("notes written: 2");
    place.expect_closed();
    assert!(place.notes().values().eq(["the first", "the first"]));
}

#[test]
fn a_client_that_takes_its_time_is_answered() {
    let place = Place::new();
    let service = place.start();
    let [_, mut client] = slow_clients(&service).map(Some);
    skip_drain(&service);
    let mut client = client.take().unwrap();
    client.send("ote").unwrap();
    let answer = client.answer().unwrap();
    assert_eq!((answer.status, answer.is_last), (201, true));
    client.expect_end();
    // The other one has not sent its head, and is what it still waits for.
    pause_past_debounce();
    service.app.send_signal(SIGINT);
    service
        .app
        .wait()
        .assert_signal(SIGINT)
        .assert_once("notes written: 3");
    place.expect_closed();
}

#[test]
fn a_client_that_never_ends_is_left_behind() {
    let place = Place::new();
    let service = place.start();
    let mut clients = slow_clients(&service);
    service.app.send_signal(SIGTERM);
    let output = service.app.wait();
    output.assert_code(124).assert_stderr(&["timeout", "run"]);
    expect_two_notes(&place, &output);
    for client in &mut clients {
        client.expect_end();
    }
}

/// The second Ctrl-C skips the drain, and the third one gives `run` up. `stop` runs all the same.
#[test]
fn who_insists_does_not_wait_for_it() {
    let place = Place::new();
    let service = place.start();
    let mut clients = slow_clients(&service);
    skip_drain(&service);
    service.app.assert_running_without("notes written: 2");
    pause_past_debounce();
    service.app.send_signal(SIGINT);
    let output = service.app.wait();
    output.assert_signal(SIGINT);
    expect_two_notes(&place, &output);
    for client in &mut clients {
        client.expect_end();
    }
}

/// A commit that has begun is waited for, whoever insists on the end, and whether its client waits
/// or not.
#[test]
fn a_commit_is_never_cut() {
    for hangs_up in [false, true] {
        let place = Place::new();
        let service = place.start();
        let other = place.lock();
        let mut client = service.client();
        client.send(&request("POST", "/notes", "patience")).unwrap();
        skip_drain(&service);
        let Service { mut app, .. } = service;
        pause_past_debounce();
        app.send_signal(SIGINT);
        app.expect_stderr(&["waiting for shield `commit`", "store.rs"]);
        let client = (!hangs_up).then_some(client);
        pause_past_debounce();
        app.send_signal(SIGINT);
        app.assert_running_without("notes written: 0");
        other.execute_batch("ROLLBACK").unwrap();
        drop(other);
        app.wait()
            .assert_signal(SIGINT)
            .assert_once("notes written: 1");
        drop(client);
        place.expect_closed();
        assert!(place.notes().values().eq(["patience"]));
    }
}
