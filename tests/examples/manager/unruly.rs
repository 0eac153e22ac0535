//! What does not end by itself does not keep the manager from ending.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::service::{InHand, expect_farewell, start};
use crate::examples::client::Client;
use crate::examples::service::Ask;
use crate::support::OutputExt;

/// All threads are stuck, so nobody is left to do another job.
#[test]
fn threads_that_never_return_are_left_behind() {
    for signal in [SIGTERM, SIGINT] {
        let mut manager = start(&["--patience", "0.3"]);
        let mut stuck = [(); 2].map(|()| InHand::checksum(manager.address));
        let mut waiting = Client::connect(manager.address);
        waiting.send("checksum Cargo.toml\n");
        waiting.until_read();
        manager.ask(Ask::Process(signal));
        expect_farewell(waiting);
        for job in &mut stuck {
            job.expect("failed: it took too long\n");
        }
        let output = manager.wait();
        output
            .assert_signal(signal)
            .assert_once("jobs answered: 2")
            .assert_only_waiting();
    }
}

/// The worker's job is in a shield. So the worker does not end when it is told to, and has to be killed.
#[test]
fn a_worker_whose_job_does_not_end_is_killed() {
    let mut manager = start(&["--patience", "0.3", "--grace", "0.3", "--workers", "3"]);
    let mut stuck = InHand::words(manager.address);
    let since = Instant::now();
    manager.ask(Ask::Process(SIGTERM));
    let answer = stuck.client.line();
    assert!(answer.starts_with("failed: worker "), "{answer}");
    assert!(
        answer.ends_with(" has ended: signal: 9 (SIGKILL)\n"),
        "{answer}"
    );
    let output = manager.wait();
    output
        .assert_signal(SIGTERM)
        .assert_once("jobs answered: 1");
    let took = output.duration_since(since);
    assert!(
        took >= Duration::from_millis(550),
        "it had its time: {took:?}"
    );
}

#[test]
fn workers_that_are_deaf_are_killed() {
    let deaf = "trap '' TERM; echo ready; exec sleep 1000";
    let short = ["--patience", "0.3", "--grace", "0.3"];
    for ask in [Ask::Process(SIGTERM), Ask::Group(SIGINT)] {
        let words = [&short[..], &["--", "sh", "-c", deaf]].concat();
        let mut manager = start(&words);
        manager.ask(ask);
        let output = manager.wait();
        output
            .assert_signal(ask.signal())
            .assert_once("jobs answered: 0")
            .assert_only_waiting();
    }
}

/// The deadline holds even if the manager's patience would last for ever.
#[test]
fn the_deadline_is_kept() {
    let mut manager = start(&["--patience", "1e19"]);
    let mut stuck = [InHand::words, InHand::checksum].map(|job| job(manager.address));
    manager.ask(Ask::Process(SIGTERM));
    let output = manager.wait_killed();
    output
        .assert_code(124)
        .assert_stderr(&["deadline of 10s", "`stop` has not ended"]);
    for job in &mut stuck {
        job.client.expect_cut();
    }
}

#[test]
fn a_client_that_reads_nothing_is_left_behind() {
    let mut manager = start(&["--patience", "0.3", "--grace", "0.3"]);
    let mut client = Client::connect(manager.address);
    // Each answer is as long as its job, and nobody reads it. The client sends jobs until nothing moves any
    // more.
    let job = format!("checksum {}\n", "x".repeat(60_000));
    client.set_write_patience(Duration::from_millis(500));
    while client.try_send(&job) {}
    manager.ask(Ask::Process(SIGTERM));
    manager.wait().assert_signal(SIGTERM).assert_only_waiting();
}
