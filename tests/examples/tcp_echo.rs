use std::net::SocketAddr;

use aplomb_testing::{Capability, Child};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGKILL, SIGTERM};

use super::client::{Client, until_refused};
use super::program::example;
use crate::support::available;

/// Starts it, and returns where it listens.
fn start(port: u16) -> (Child, SocketAddr) {
    start_with(&[&port.to_string()])
}

fn start_with(words: &[&str]) -> (Child, SocketAddr) {
    let mut server = example("tcp_echo").args(words).spawn();
    let address = server.expect_prefix("listening on ");
    (server, address.parse().unwrap())
}

#[test]
fn clients_in_work_are_answered_and_new_ones_refused() {
    if !available(
        Capability::Linux,
        "clients_in_work_are_answered_and_new_ones_refused",
    ) {
        return;
    }
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let (server, address) = start(0);
        let [mut idle, mut busy] = [(); 2].map(|()| Client::connect(address));
        for client in [&mut idle, &mut busy] {
            client.send("one\n");
            client.expect("one\n");
        }
        busy.send("two\nthr");
        busy.expect("two\n");
        busy.until_read();

        server.send_signal(signal);
        idle.expect_end();
        until_refused(address);
        assert!(!server.has_exited(), "it has a line in work");
        busy.send("ee\n");
        busy.expect("three\n");
        busy.expect_end();
        server
            .wait()
            .assert_signal(signal)
            .assert_stderr_once(&["lines answered: 4"]);
    }
}

#[test]
fn it_can_be_started_again_on_the_same_port_at_once() {
    let (server, address) = start(0);
    let mut server = Some(server);
    for signal in [SIGTERM, SIGKILL, SIGINT, SIGKILL, SIGHUP] {
        let mut client = Client::connect(address);
        client.send("line\n");
        client.expect("line\n");
        // With the connection open, so that its end stays with the server's side.
        let ended = server.take().unwrap();
        ended.send_signal(signal);
        ended.wait().assert_signal(signal);
        client.expect_end();
        server = Some(start(address.port()).0);
    }
}

/// Threads that are between two lines, however many, do not hold up the end.
#[test]
fn many_clients_come_and_go() {
    let (server, address) = start(0);
    let mut clients: Vec<_> = (0..100).map(|_| Client::connect(address)).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        client.send(&format!("{number}\n{number}\n"));
    }
    for (number, client) in clients.iter_mut().enumerate() {
        client.expect(&format!("{number}\n"));
        client.expect(&format!("{number}\n"));
    }
    clients.truncate(50);
    server.send_signal(SIGTERM);
    for client in &mut clients {
        client.expect_end();
    }
    server
        .wait()
        .assert_signal(SIGTERM)
        .assert_stderr_once(&["lines answered: 200"]);
}

#[test]
fn a_line_may_be_of_any_length_and_lack_its_end() {
    let (server, address) = start(0);
    let mut client = Client::connect(address);
    let long = "x".repeat(200_000) + "\n";
    client.send(&long);
    client.expect(&long);
    client.send("no newline");
    client.send_end();
    client.expect("no newline");
    client.expect_end();
    server.send_signal(SIGINT);
    server.wait().assert_signal(SIGINT);
}

/// The limit of the program comes from its command line.
#[test]
fn a_client_that_does_not_end_its_line_has_the_deadline() {
    let (server, address) = start_with(&["--deadline", "400ms"]);
    let mut slow = Client::connect(address);
    slow.send("one\ntw");
    slow.expect("one\n");
    server.send_signal(SIGTERM);
    server
        .wait()
        .assert_code(124)
        .assert_stderr_once(&["deadline of 400ms"]);
    example("tcp_echo")
        .args(["--deadline", "0s"])
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&["`deadline` is zero"]);
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let (first, address) = start(0);
    let port = address.port().to_string();
    example("tcp_echo")
        .args([&port])
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&[&format!("cannot listen on port {port}")]);
    example("tcp_echo")
        .args(["http"])
        .spawn()
        .wait()
        .assert_code(2)
        .assert_stderr_once(&["http"]);
    drop(first);
}
