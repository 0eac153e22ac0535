//! Clients that come and go.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::{Capability, Process};
use nix::sys::signal::Signal::SIGTERM;

use super::server::{InWork, PLACES, start};
use crate::examples::client::Client;
use crate::examples::service::Ask;
use crate::support::{OutputExt, available};

#[test]
fn eight_are_served_at_once() {
    let mut server = start(&[]);
    let clients = InWork::start_all(server.address);
    assert_eq!(server.children().len(), PLACES);
    for client in clients {
        client.wait();
    }
    server.ask(Ask::Process(SIGTERM));
    let output = server.wait();
    output
        .assert_signal(SIGTERM)
        .assert_once("8 times exit status: 0")
        .assert_only_waiting();
}

#[test]
fn more_wait_until_it_is_their_turn() {
    let mut server = start(&["--clients", "2"]);
    let mut first = vec![
        InWork::start(server.address, 0),
        InWork::start(server.address, 1),
    ];
    let mut third = Client::connect(server.address);
    third.send("b\na\n");
    third.send_end();
    assert_eq!(server.children().len(), 2);
    assert!(!third.is_spoken_to());
    first.remove(0).wait();
    assert_eq!(third.rest(), "a\nb\n");
    first.remove(0).wait();
    let ended = [1, 2, 3].map(|number| format!("client {number}: exit status: 0"));
    server.app.expect_all(&ended.each_ref().map(String::as_str));
    server.ask(Ask::Process(SIGTERM));
    server.wait().assert_signal(SIGTERM).assert_only_waiting();
}

/// Ended and not reaped is a helper only for as long as it takes to reap it: none that has been told of is a
/// zombie, and no two looks that are far apart see the same one.
#[test]
fn no_zombies_while_a_hundred_come_and_go() {
    const AT_ONCE: usize = 10;
    const EACH: usize = 10;
    let mut server = start(&[]);
    let gone = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..AT_ONCE {
            let (gone, address) = (&gone, server.address);
            scope.spawn(move || {
                for _ in 0..EACH {
                    InWork::start(address, number).wait();
                    gone.fetch_add(1, SeqCst);
                }
            });
        }
        let mut seen = BTreeMap::new();
        while gone.load(SeqCst) < AT_ONCE * EACH {
            let zombies = Process::of(server.app.pid()).zombie_children();
            let now = Instant::now();
            seen.retain(|pid, _| zombies.iter().any(|zombie| zombie.pid == *pid));
            for zombie in zombies {
                let since = *seen.entry(zombie.pid).or_insert(now);
                let age = now - since;
                assert!(age < Duration::from_secs(2), "{age:?} ago: {zombie:?}");
            }
        }
    });
    for _ in 0..AT_ONCE * EACH {
        let line = server.app.expect_prefix("client ");
        assert!(line.ends_with("exit status: 0"), "{line}");
    }
    server.expect_no_zombie();
    assert!(server.children().is_empty());
    server.ask(Ask::Process(SIGTERM));
    let output = server.wait();
    output
        .assert_signal(SIGTERM)
        .assert_once("100 times exit status: 0")
        .assert_only_waiting();
}

#[test]
fn it_is_idle_when_its_clients_are() {
    if !available(Capability::Linux, "it_is_idle_when_its_clients_are") {
        return;
    }
    let mut server = start(&[]);
    let mut early = Client::connect(server.address);
    early.send("line\n");
    early.send_end();
    assert_eq!(early.rest(), "line\n");
    let silent = [(); 3].map(|()| Client::connect(server.address));
    let busy = InWork::start(server.address, 0);
    server.app.expect("client 1: exit status: 0");
    server.until_children_are_apps();
    server.until_watched(server.children().len());
    server.is_never_woken();
    drop(silent);
    busy.wait();
    server.ask(Ask::Process(SIGTERM));
    server.wait().assert_signal(SIGTERM).assert_only_waiting();
}
