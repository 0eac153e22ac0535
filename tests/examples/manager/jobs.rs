//! Jobs, and nobody who stops them.

use std::thread;

use aplomb_testing::{Thread, wait_until};
use nix::sys::signal::Signal::SIGTERM;

use super::service::{InHand, expect_at_work, start};
use crate::examples::client::Client;
use crate::examples::service::Ask;
use crate::support::OutputExt;

#[test]
fn each_line_has_its_answer() {
    let mut manager = start(&[]);
    expect_at_work(manager.address);
    let mut client = Client::connect(manager.address);
    client.send("words nowhere\nchecksum nowhere\nhello\n\nwords Cargo.toml");
    let missing = "failed: cannot read nowhere: No such file or directory (os error 2)\n";
    let no_job = "failed: a job is `words FILE` or `checksum FILE`\n";
    for answer in [missing, missing, no_job, no_job] {
        client.expect(answer);
    }
    // Half a line is no job.
    client.send_end();
    client.expect_end();
    manager.ask(Ask::Process(SIGTERM));
    let output = manager.wait();
    output
        .assert_signal(SIGTERM)
        .assert_once("jobs answered: 6")
        .assert_only_waiting();
}

#[test]
fn many_clients_at_once() {
    for words in [
        &["--workers", "1", "--threads", "1"][..],
        &["--workers", "4"],
    ] {
        let mut manager = start(words);
        thread::scope(|scope| {
            for _ in 0..20 {
                let address = manager.address;
                scope.spawn(move || (0..10).for_each(|_| expect_at_work(address)));
            }
        });
        manager.expect_no_zombie();
        manager.ask(Ask::Process(SIGTERM));
        let output = manager.wait();
        output
            .assert_signal(SIGTERM)
            .assert_once("jobs answered: 400")
            .assert_only_waiting();
    }
}

#[test]
fn what_cannot_be_done_at_once_waits() {
    let mut manager = start(&["--workers", "1", "--threads", "1"]);
    let [words, checksum] = [InHand::words, InHand::checksum].map(|job| job(manager.address));
    let mut waiting = ["words", "checksum"].map(|job| {
        let mut client = Client::connect(manager.address);
        client.send(&format!("{job} /dev/null\n"));
        client.until_read();
        client
    });
    assert!(waiting.iter().all(|client| !client.is_spoken_to()));
    words.wait();
    waiting[0].expect("0 words\n");
    assert!(!waiting[1].is_spoken_to());
    checksum.wait();
    waiting[1].expect("checksum 00000000\n");
    manager.ask(Ask::Process(SIGTERM));
    manager.wait().assert_signal(SIGTERM).assert_only_waiting();
}

/// The job is done, for nobody, and the next one is not taken for it.
#[test]
fn a_client_may_hang_up() {
    let mut manager = start(&["--workers", "1"]);
    let job = InHand::words(manager.address);
    job.hang_up();
    expect_at_work(manager.address);
    manager.ask(Ask::Process(SIGTERM));
    manager.wait().assert_signal(SIGTERM).assert_only_waiting();
}

#[test]
fn a_line_that_is_too_long_is_no_job() {
    let mut manager = start(&[]);
    let mut client = Client::connect(manager.address);
    client.send(&"x".repeat(64 * 1024));
    client.expect_end();
    expect_at_work(manager.address);
    manager.ask(Ask::Process(SIGTERM));
    manager.wait().assert_signal(SIGTERM).assert_only_waiting();
}

#[test]
fn it_is_idle_when_its_clients_are() {
    let mut manager = start(&[]);
    expect_at_work(manager.address);
    let words = InHand::words(manager.address);
    let silent = Client::connect(manager.address);
    // The workers of tokio's runtime stay, one for each processor. Its pool has threads of that name, too, which end
    // when they have had nothing to do for ten seconds.
    let workers = thread::available_parallelism().unwrap().get();
    let of_tokio = |thread: &Thread| thread.name == "tokio-rt-worker";
    wait_until("the pool's threads have ended", || {
        let threads = manager.app.process().threads();
        threads.into_iter().filter(of_tokio).count() == workers
    });
    // While a worker has a job in hand, nobody waits for its process.
    manager.until_watched(manager.children().len() - 1);
    manager.is_never_woken();
    words.wait();
    drop(silent);
    manager.ask(Ask::Process(SIGTERM));
    manager.wait().assert_signal(SIGTERM).assert_only_waiting();
}
