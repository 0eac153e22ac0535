//! Whenever it is asked to stop, in whichever way.

use std::net::SocketAddr;
use std::time::Duration;

use aplomb_testing::{Capability, Process, ProcessStat, wait_until};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGKILL, SIGTERM};
use nix::sys::signal::kill;

use super::server::{InWork, PLACES, forkd, start};
use crate::examples::client::{Client, until_refused};
use crate::examples::service::{Ask, Service, let_pass, may_be_stopped_while_it_starts};
use crate::support::{OutputExt, available, from_us, pause_past_debounce};

/// The half-way clients finish, whoever is asked to stop, and nobody else is let in.
#[test]
fn clients_in_work_get_their_whole_answers() {
    for ask in Ask::ALL {
        let mut server = Service::start_for(ask, forkd(&[]));
        let clients = InWork::start_all(server.address);
        assert_eq!(server.children().len(), PLACES);
        // Not yet refused: it waits for a place.
        let mut ninth = Client::connect(server.address);
        ninth.send("me too\n");

        server.ask(ask);
        until_refused(server.address);
        ninth.expect_cut();
        assert!(!server.app.has_exited(), "it has eight clients in work");
        for client in clients {
            client.wait();
        }
        let output = server.wait();
        output.assert_signal(ask.signal());
        if ask != Ask::Typed {
            let said = ["clients: 8", "8 times exit status: 0"];
            output.assert_in_order(&said).assert_only_waiting();
        }
    }
}

#[test]
fn clients_that_say_nothing_are_hung_up_on() {
    if !available(Capability::Linux, "clients_that_say_nothing_are_hung_up_on") {
        return;
    }
    for signal in [SIGTERM, SIGINT, SIGHUP] {
        let mut server = start(&[]);
        let mut silent = [(); 3].map(|()| Client::connect(server.address));
        let busy = InWork::start(server.address, 0);
        until_hung_on(&server, silent.len());
        server.ask(Ask::Process(signal));
        for client in &mut silent {
            client.expect_end();
        }
        busy.wait();
        let output = server.wait();
        let stopping = format!("stopping: {}", from_us(signal));
        output
            .assert_signal(signal)
            .assert_only_waiting()
            .assert_once(&stopping);
        output.assert_once("3 times exit status: 75");
        output.assert_once("1 times exit status: 0");
    }
}

/// Returns when so many helpers wait for the first word of their clients.
fn until_hung_on(server: &Service, helpers: usize) {
    wait_until("the helpers wait for their clients", || {
        let waits = |child: &ProcessStat| {
            let threads = Process::of(child.pid).threads();
            threads
                .iter()
                .any(|thread| thread.name == "aplomb-blocking")
        };
        server
            .children()
            .iter()
            .filter(|child| waits(child))
            .count()
            == helpers
    });
}

/// No number of Ctrl-C cuts an answer.
#[test]
fn who_insists_waits_for_clients_in_work() {
    let mut server = Service::start_for(Ask::Typed, forkd(&["--grace", "60"]));
    let clients = InWork::start_all(server.address);
    server.ask(Ask::Typed);
    until_refused(server.address);
    for _ in 0..8 {
        pause_past_debounce();
        server.ask(Ask::Typed);
        assert!(!server.app.has_exited(), "it has eight clients in work");
    }
    for client in clients {
        client.wait();
    }
    server.wait().assert_signal(SIGINT);
}

/// Nor one that is meant for its helper alone.
#[test]
fn who_insists_at_a_helper_waits_for_its_answer() {
    let mut server = start(&[]);
    let client = InWork::start(server.address, 0);
    let helper = server.children()[0].pid;
    for _ in 0..4 {
        kill(helper, SIGINT).unwrap();
        pause_past_debounce();
    }
    client.wait();
    server.app.expect_prefix("client 1: ");
    server.ask(Ask::Process(SIGTERM));
    server.wait().assert_signal(SIGTERM).assert_only_waiting();
}

#[test]
fn its_death_ends_the_helpers() {
    if !available(Capability::Linux, "its_death_ends_the_helpers") {
        return;
    }
    let server = start(&[]);
    let clients = InWork::start_all(server.address);
    server.app.send_signal(SIGKILL);
    for client in clients {
        client.expect_cut();
    }
    server.wait_killed().assert_signal(SIGKILL);
}

#[test]
fn it_can_be_started_again_on_the_same_port_at_once() {
    if !available(
        Capability::Linux,
        "it_can_be_started_again_on_the_same_port_at_once",
    ) {
        return;
    }
    let mut server = start(&[]);
    let port = server.address.port().to_string();
    for signal in [SIGTERM, SIGKILL, SIGINT, SIGHUP, SIGKILL]
        .into_iter()
        .cycle()
        .take(10)
    {
        // Connections in all states: served, in work, silent, waiting for a place.
        serve_one(server.address);
        let mut open: Vec<_> = (0..=PLACES)
            .map(|_| Client::connect(server.address))
            .collect();
        server.ask(Ask::Process(signal));
        for client in &mut open {
            client.expect_cut();
        }
        let output = if signal == SIGKILL {
            server.wait_killed()
        } else {
            server.wait()
        };
        output.assert_signal(signal).assert_only_waiting();
        server = Service::start(forkd(&["--port", &port]));
    }
    server.ask(Ask::Process(SIGTERM));
    server.wait().assert_signal(SIGTERM);
}

fn serve_one(address: SocketAddr) {
    let mut client = Client::connect(address);
    client.send("b\na");
    client.send_end();
    assert_eq!(client.rest(), "a\nb\n");
}

#[test]
fn a_signal_may_come_at_any_moment_of_its_start() {
    may_be_stopped_while_it_starts(|| forkd(&[]), Duration::from_millis(10));
}

/// At whatever moment of its helper's start: an answer, or none, and never a part.
#[test]
fn a_signal_may_come_at_any_moment_of_a_client() {
    for moment in 0..20 {
        let mut server = start(&[]);
        let mut clients = [(); 4].map(|()| Client::connect(server.address));
        for client in &mut clients {
            client.send("b\na\n");
            client.send_end();
        }
        let_pass(Duration::from_micros(500) * moment);
        server.ask(Ask::Process(SIGTERM));
        for client in &mut clients {
            let answer = client.rest();
            assert!(answer == "a\nb\n" || answer.is_empty(), "{answer:?}");
        }
        server.wait().assert_signal(SIGTERM).assert_only_waiting();
    }
}
