//! Workers that end although nobody has told them to.

use aplomb_testing::wait_until;
use nix::sys::signal::Signal::{SIGINT, SIGKILL, SIGTERM};
use nix::sys::signal::kill;

use super::service::{InHand, expect_at_work, expect_farewell, start, until_ready, worker};
use crate::examples::service::Ask;
use crate::support::{OutputExt, pause_past_debounce};

#[test]
fn another_one_takes_its_place() {
    let mut manager = start(&["--workers", "3"]);
    for number in [2, 3, 2] {
        let pid = worker(&manager, number);
        kill(pid, SIGKILL).unwrap();
        manager
            .app
            .expect(&format!("worker {number} has ended: signal: 9 (SIGKILL)"));
        until_ready(&manager, number);
        manager.expect_no_zombie();
        assert_ne!(worker(&manager, number), pid);
        assert_eq!(manager.children().len(), 3);
        expect_at_work(manager.address);
    }
    manager.ask(Ask::Process(SIGTERM));
    manager.wait().assert_signal(SIGTERM).assert_only_waiting();
}

#[test]
fn all_are_replaced_at_once() {
    let mut manager = start(&["--workers", "4"]);
    for _ in 0..3 {
        for child in manager.children() {
            kill(child.pid, SIGKILL).unwrap();
        }
        let all =
            [1, 2, 3, 4].map(|number| format!("worker {number} has ended: signal: 9 (SIGKILL)"));
        manager.app.expect_all(&all.each_ref().map(String::as_str));
        for number in 1..=4 {
            until_ready(&manager, number);
        }
        expect_at_work(manager.address);
    }
    manager.ask(Ask::Process(SIGTERM));
    manager.wait().assert_signal(SIGTERM).assert_only_waiting();
}

#[test]
fn the_job_in_hand_has_failed_and_no_other() {
    let mut manager = start(&["--workers", "1"]);
    let other = InHand::checksum(manager.address);
    let mut job = InHand::words(manager.address);
    kill(worker(&manager, 1), SIGKILL).unwrap();
    job.expect("failed: worker 1 has ended: signal: 9 (SIGKILL)\n");
    manager
        .app
        .expect("worker 1 has ended: signal: 9 (SIGKILL)");
    // The client whose job has failed may go on with another job.
    job.client.send("words /dev/null\n");
    job.expect("0 words\n");
    assert!(!other.client.is_spoken_to());
    other.wait();
    manager.ask(Ask::Process(SIGTERM));
    expect_farewell(job.client);
    let output = manager.wait();
    output
        .assert_signal(SIGTERM)
        .assert_once("jobs answered: 3")
        .assert_only_waiting();
}

/// A worker is an app: it ends the job that it has in hand first, even if somebody insists.
#[test]
fn a_worker_that_is_told_to_end_has_its_job_done() {
    let mut manager = start(&["--workers", "1"]);
    for (signal, times) in [(SIGTERM, 1), (SIGINT, 4)] {
        let job = InHand::words(manager.address);
        let pid = worker(&manager, 1);
        for _ in 0..times {
            kill(pid, signal).unwrap();
            pause_past_debounce();
        }
        job.wait();
        let ended = format!("worker 1 has ended: signal: {} ({signal})", signal as i32);
        manager.app.expect(&ended);
        until_ready(&manager, 1);
        expect_at_work(manager.address);
    }
    manager.ask(Ask::Process(SIGTERM));
    manager.wait().assert_signal(SIGTERM).assert_only_waiting();
}

#[test]
fn with_fatal_the_manager_ends() {
    for busy in [false, true] {
        let manager = start(&["--workers", "2", "--fatal", "--patience", "60"]);
        let mut in_hand = Vec::new();
        if busy {
            let jobs = [InHand::words, InHand::words, InHand::checksum];
            in_hand.extend(jobs.map(|job| job(manager.address)));
        }
        let is_over = |job: &InHand| job.client.is_spoken_to();
        kill(worker(&manager, 2), SIGKILL).unwrap();
        let how = "worker 2 has ended: signal: 9 (SIGKILL)";
        if busy {
            // The worker that was killed had one of the first two jobs.
            wait_until("the job has failed", || in_hand[..2].iter().any(is_over));
            let at = in_hand.iter().position(is_over).unwrap();
            let mut failed = in_hand.swap_remove(at);
            failed.expect(&format!("failed: {how}\n"));
            expect_farewell(failed.client);
        }
        for job in in_hand {
            expect_farewell(job.wait());
        }
        let output = manager.wait();
        output.assert_code(1).assert_stderr_once(&[how]);
        let told = output.stderr();
        let told = told
            .iter()
            .filter(|line| !line.starts_with("aplomb: waiting"));
        output.assert(told.count() == 1, "it is told once");
    }
}

#[test]
fn one_that_always_ends_is_not_started_for_ever() {
    let manager = start(&["--workers", "2", "--", "sh", "-c", "echo ready; sleep 0.01"]);
    let output = manager.wait();
    let how = "has ended: exit status: 0";
    output.assert_code(1).assert_stderr_once(&[how]);
    let named = output.stderr().concat();
    let number = if named.contains("worker 1") { 1 } else { 2 };
    // The sixth end of the worker was an error. Each time before, another process took its place.
    output.assert_times(&format!("worker {number} {how}"), 5);
}

#[test]
fn one_that_cannot_be_replaced_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    let once = place.path().join("once");
    let script = format!(
        "mkdir {} || exit 3; echo ready; cat > /dev/null",
        once.display()
    );
    let manager = start(&["--workers", "1", "--", "sh", "-c", &script]);
    kill(worker(&manager, 1), SIGKILL).unwrap();
    let output = manager.wait();
    output
        .assert_code(1)
        .assert_once("worker 1 has ended: signal: 9 (SIGKILL)")
        .assert_stderr_once(&["worker 1 ended before it was ready: exit status: 3"]);
}
