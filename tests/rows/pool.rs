//! Threads of tokio's that nothing can end.

use std::time::{Duration, Instant};

use aplomb_testing::Terminal;
use aplomb_testing::assert_best_of;
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use crate::programs::{On, phases_on};

const TOKIO: [On; 4] = [
    On::Tokio,
    On::TokioCurrentThread,
    On::Runtime,
    On::BareRuntime,
];

#[test]
fn row_52_the_blocking_pool_is_busy_for_ever() {
    for on in TOKIO {
        let mut app = phases_on(on, &["run=fill-pool,say:full,wait"]).spawn();
        app.expect("full");
        app.send_signal(SIGTERM);
        app.wait()
            .assert_signal(SIGTERM)
            .assert_in_order(&["full", "R-", "P+", "P-"])
            .assert_no_stderr();
    }
}

/// A process that goes on after the app does not wait for them either.
#[test]
fn row_52_in_a_program_that_goes_on() {
    for on in TOKIO {
        let script = ["run=fill-pool,say:full,wait", "embedded=once"];
        let mut app = phases_on(on, &script).spawn();
        app.expect("full");
        app.send_signal(SIGTERM);
        app.expect("P-");
        app.expect("alone");
        app.send_line("go");
        app.wait().assert_code(0).assert_once("went on");
    }
}

/// The pipe stays open, and nobody writes.
#[test]
fn row_53_run_waits_on_tokios_stdin() {
    for on in TOKIO {
        for signal in [SIGTERM, SIGINT] {
            assert_best_of(3, Duration::from_secs(2), || {
                let script = ["run=spawn:reader,say:in,wait", "reader=tokio-line"];
                let mut app = phases_on(on, &script).spawn();
                app.expect("in");
                let asked = Instant::now();
                app.send_signal(signal);
                let output = app.wait();
                output
                    .assert_signal(signal)
                    .assert_in_order(&["in", "R-", "P+", "P-"])
                    .assert_no_stderr();
                output.duration_since(asked)
            });
        }
    }
}

/// In `run` itself, which ends when the request comes.
#[test]
fn row_53_on_a_terminal() {
    for on in TOKIO {
        assert_best_of(3, Duration::from_secs(2), || {
            let script = ["run=until:reader", "reader=say:in,tokio-line"];
            let (app, mut terminal) = phases_on(on, &script).spawn_on_terminal();
            terminal.expect("in");
            let asked = Instant::now();
            terminal.send(Terminal::CTRL_C);
            terminal.expect("reader Err(Cancelled)");
            terminal.expect("P-");
            let output = app.wait();
            output.assert_signal(SIGINT);
            output.duration_since(asked)
        });
    }
}
