//! How helpers end, and how the server reports it.

use aplomb_testing::Capability;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGABRT, SIGKILL, SIGTERM};
use nix::sys::signal::kill;

use super::server::{InWork, start};
use crate::examples::client::Client;
use crate::examples::service::Ask;
use crate::support::{OutputExt, available};

#[test]
fn the_status_of_each_is_told() {
    let mut server = start(&["--", "sh", "-c", "read status; exit $status"]);
    for (number, status) in [7, 0, 255, 7].into_iter().enumerate() {
        let mut client = Client::connect(server.address);
        client.send(&format!("{status}\n"));
        client.expect_end();
        let number = number + 1;
        let line = format!("client {number}: exit status: {status}");
        server.app.expect(&line);
    }
    server.expect_no_zombie();
    server.ask(Ask::Process(SIGTERM));
    let output = server.wait();
    let said = [
        "clients: 4",
        "1 times exit status: 0",
        "1 times exit status: 255",
        "2 times exit status: 7",
    ];
    output
        .assert_signal(SIGTERM)
        .assert_in_order(&said)
        .assert_only_waiting();
}

#[test]
fn a_helper_that_dies_of_a_signal_is_told_and_the_server_goes_on() {
    let mut server = start(&[]);
    let clients = (0..3).map(|number| InWork::start(server.address, number));
    let mut clients: BTreeMap<_, _> = (1..).zip(clients).collect();
    for (signal, how) in [
        (SIGKILL, "signal: 9 (SIGKILL)"),
        (SIGABRT, "signal: 6 (SIGABRT)"),
    ] {
        // The first child will do: the helpers are all alike.
        let helper = server.children()[0].pid;
        kill(helper, signal).unwrap();
        let line = server.app.expect_prefix("client ");
        let (number, ended) = line.split_once(": ").unwrap();
        assert!(ended.starts_with(how), "{line}");
        let client = clients.remove(&number.parse().unwrap());
        client.unwrap().expect_cut();
    }
    clients.into_values().for_each(InWork::wait);
    InWork::start(server.address, 3).wait();
    server.ask(Ask::Process(SIGTERM));
    let output = server.wait();
    output
        .assert_signal(SIGTERM)
        .assert_only_waiting()
        .assert_once("2 times exit status: 0");
}

#[test]
fn the_helper_tells_what_has_become_of_its_client() {
    let mut server = start(&[]);
    Client::connect(server.address).send_end();
    server.app.expect("client 1: exit status: 66");

    // This client hangs up when its answer begins to come. The answer is longer than what the kernel buffers,
    // so the helper is still writing it.
    let mut client = Client::connect(server.address);
    let line = "x".repeat(1024 * 1024 - 1) + "\n";
    for _ in 0..32 {
        client.send(&line);
    }
    client.send_end();
    client.until_spoken_to();
    drop(client);
    server.app.expect("client 2: exit status: 74");

    let mut client = Client::connect(server.address);
    while client.try_send(&line) {}
    server.app.expect("client 3: exit status: 65");
    server.ask(Ask::Process(SIGTERM));
    server.wait().assert_signal(SIGTERM).assert_only_waiting();
}

#[test]
fn a_helper_that_cannot_be_started_is_told_and_the_server_goes_on() {
    let mut server = start(&["--", "/nowhere/at/all", "--fast"]);
    for number in 1..=20 {
        Client::connect(server.address).expect_cut();
        server.app.expect_prefix(&format!(
            "helper {number}: cannot start `helper {number}` (/nowhere/at/all): No such file"
        ));
        server.app.expect(&format!("client {number}: not served"));
    }
    server.ask(Ask::Process(SIGTERM));
    let output = server.wait();
    output
        .assert_signal(SIGTERM)
        .assert_once("20 times not served")
        .assert_only_waiting();
}

/// This helper says that it is there, and then ignores SIGTERM. So does the child that it starts.
const DEAF: &str = "trap '' TERM; echo deaf; sleep 1000 & wait";

#[test]
fn a_helper_that_does_not_end_is_killed() {
    if !available(Capability::Linux, "a_helper_that_does_not_end_is_killed") {
        return;
    }
    let mut server = start(&["--grace", "0.3", "--", "sh", "-c", DEAF]);
    let mut clients = [(); 8].map(|()| Client::connect(server.address));
    for client in &mut clients {
        client.expect("deaf\n");
    }
    let since = Instant::now();
    server.ask(Ask::Process(SIGTERM));
    for client in &mut clients {
        client.expect_cut();
    }
    let output = server.wait_killed();
    output
        .assert_signal(SIGTERM)
        .assert_once("8 times signal: 9 (SIGKILL)");
    let took = output.duration_since(since);
    assert!(
        took >= Duration::from_millis(250),
        "it had its grace: {took:?}"
    );
}

/// A helper is killed in time for a good end of the server, even if its grace would last for ever.
#[test]
fn the_deadline_is_kept() {
    if !available(Capability::Linux, "the_deadline_is_kept") {
        return;
    }
    let mut server = start(&["--grace", "1e19", "--", "sh", "-c", DEAF]);
    let mut client = Client::connect(server.address);
    client.expect("deaf\n");
    server.ask(Ask::Group(SIGTERM));
    let output = server.wait_killed();
    output
        .assert_signal(SIGTERM)
        .assert_once("1 times signal: 9 (SIGKILL)");
    client.expect_cut();
}
