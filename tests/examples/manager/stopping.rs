//! Whenever it is asked to stop, in whichever way: what is in hand is done, everybody is told.

use std::time::Duration;

use aplomb_testing::{Session, Terminal};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGKILL, SIGTERM};

use super::service::{InHand, expect_at_work, expect_farewell, manager, silent, start};
use crate::examples::client::{Client, until_refused};
use crate::examples::program::{make_fifo, open_once_read, text};
use crate::examples::service::{Ask, Service, may_be_stopped_while_it_starts};
use crate::support::{OutputExt, from_us, pause_past_debounce};

#[test]
fn jobs_in_hand_are_done_and_the_others_told() {
    for ask in Ask::ALL {
        let mut manager = Service::start_for(ask, manager(&["--patience", "60"]));
        let address = manager.address;
        let kinds = [
            InHand::words,
            InHand::words,
            InHand::checksum,
            InHand::checksum,
        ];
        let in_hand = kinds.map(|job| job(address));
        let queued = ["words", "words", "checksum"].map(|job| {
            let mut client = Client::connect(address);
            client.send(&format!("{job} Cargo.toml\n"));
            client.until_read();
            client
        });
        let silent = silent(address);

        manager.ask(ask);
        until_refused(address);
        queued.into_iter().for_each(expect_farewell);
        expect_farewell(silent);
        assert!(!manager.app.has_exited(), "it has four jobs in hand");
        for job in in_hand {
            expect_farewell(job.wait());
        }
        let output = manager.wait();
        output.assert_signal(ask.signal());
        if ask != Ask::Typed {
            let said = ["worker 1 is ready", "worker 2 is ready", "listening on"];
            let lines = output.stdout();
            for (line, beginning) in lines.iter().zip(said) {
                output.assert(
                    line.starts_with(beginning),
                    "these come first, in this order",
                );
            }
            output.assert_once("jobs answered: 5").assert_only_waiting();
            let stopping = format!("stopping: {}", from_us(ask.signal()));
            output.assert_once(&stopping);
        }
    }
}

/// No number of Ctrl-C cuts what is in hand.
#[test]
fn who_insists_waits_for_jobs_in_hand() {
    let program = manager(&["--patience", "60"]);
    let mut manager = Service::start_for(Ask::Typed, program);
    let in_hand = [InHand::words, InHand::checksum].map(|job| job(manager.address));
    manager.ask(Ask::Typed);
    until_refused(manager.address);
    for _ in 0..8 {
        pause_past_debounce();
        manager.ask(Ask::Typed);
        assert!(!manager.app.has_exited(), "it has two jobs in hand");
    }
    for job in in_hand {
        expect_farewell(job.wait());
    }
    manager.wait().assert_signal(SIGINT);
}

/// A second signal while it stops, of whichever kind, is the same request.
#[test]
fn a_storm_of_signals_is_one_request() {
    let mut manager = start(&["--patience", "60"]);
    let job = InHand::words(manager.address);
    manager.ask(Ask::Group(SIGTERM));
    manager.app.expect_prefix("stopping: ");
    for signal in [SIGTERM, SIGHUP].into_iter().cycle().take(200) {
        manager.ask(Ask::Group(signal));
    }
    expect_farewell(job.wait());
    let output = manager.wait();
    output
        .assert_signal(SIGTERM)
        .assert_once("jobs answered: 1")
        .assert_only_waiting();
}

#[test]
fn its_death_ends_the_workers() {
    let manager = start(&["--workers", "4"]);
    let mut job = InHand::words(manager.address);
    assert_eq!(manager.children().len(), 4);
    manager.app.send_signal(SIGKILL);
    job.client.expect_cut();
    manager
        .wait_killed()
        .assert_signal(SIGKILL)
        .assert_only_waiting();
}

#[test]
fn it_can_be_started_again_on_the_same_port_at_once() {
    let mut service = start(&[]);
    let port = service.address.port().to_string();
    let signals = [SIGTERM, SIGKILL, SIGINT, SIGHUP, SIGKILL];
    for signal in signals.into_iter().cycle().take(10) {
        expect_at_work(service.address);
        let mut silent = silent(service.address);
        service.ask(Ask::Process(signal));
        if signal == SIGKILL {
            silent.expect_cut();
            service
                .wait_killed()
                .assert_signal(signal)
                .assert_only_waiting();
        } else {
            expect_farewell(silent);
            service.wait().assert_signal(signal).assert_only_waiting();
        }
        service = Service::start(manager(&["--port", &port]));
    }
    service.ask(Ask::Process(SIGTERM));
    service.wait().assert_signal(SIGTERM);
}

#[test]
fn a_signal_may_come_at_any_moment_of_its_start() {
    may_be_stopped_while_it_starts(|| manager(&[]), Duration::from_millis(40));
}

/// The worker that is being started gets ready, no other one is started, and there is no `run`.
#[test]
fn a_signal_in_start_is_kept_until_start_has_ended() {
    let place = tempfile::tempdir().unwrap();
    let gate = place.path().join("gate");
    make_fifo(&gate);
    let worker = format!("read line < {}; echo ready; cat > /dev/null", text(&gate));
    let program = manager(&["--", "sh", "-c", &worker]);
    let (app, mut terminal) = program.spawn_on_terminal();
    let leader = app.pid();
    let gate = open_once_read(&gate);
    terminal.send(Terminal::CTRL_C);
    terminal.expect("SIGINT: `start` ends first, then the program stops");
    drop(gate);
    terminal.expect("worker 1 is ready: pid ");
    let between = terminal.expect("stopping: SIGINT");
    assert_eq!(between.matches("worker").count(), 0, "{between}");
    let between = terminal.expect("jobs answered: 0");
    assert_eq!(between.matches("listening").count(), 0, "{between}");
    app.wait().assert_signal(SIGINT);
    Session::of(leader).assert_no_others();
}
