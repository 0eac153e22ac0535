//! Functions that a signal calls and that fail. So a signal becomes an error, and `run` is cancelled at a point
//! that it has named.

use nix::sys::signal::Signal::{SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

use crate::programs::phases;
use crate::support::{from_us, pause_past_debounce};

/// The lines of an app whose function for SIGUSR1 is called once, during `run`.
const ONCE: [&str; 8] = ["S+", "S-", "R+", "usr1+", "usr1-", "R-", "P+", "P-"];

#[test]
fn row_77_a_function_fails() {
    let mut app = phases(&["run=wait", "usr1=err:no disk"]).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    let output = app.wait();
    output.assert_code(1).assert_stdout(&ONCE);
    output.assert(
        output.stderr() == ["Error: Text(\"no disk\")"],
        "it was to be printed once, and nothing else",
    );
}

/// The failure cancels `run` where it waits, and it is the reason that `run` sees.
#[test]
fn row_77_run_sees_the_cancellation() {
    let script = ["run=checkpoint,sleep:60000,checkpoint,log", "quiet=SP"];
    let mut app = phases(&script).args(["usr1=err:no disk"]).spawn();
    app.expect("checkpoint Ok");
    app.send_signal(SIGUSR1);
    app.wait()
        .assert_code(1)
        .assert_stdout(&[
            "R+",
            "checkpoint Ok",
            "usr1+",
            "usr1-",
            "sleep Err(Cancelled)",
            "checkpoint Err(Cancelled)",
            "signals ",
            "reason a failure",
            "R-",
        ])
        .assert_stderr_once(&["Error: Text(\"no disk\")"]);
}

/// The failure of the function counts, whatever `run` returns. An `Err(Cancelled)` of `run` is no failure, and
/// its code matters less.
#[test]
fn row_77_the_failure_is_what_counts() {
    for script in ["run=wait,checkpoint?", "run=wait,code:3", "run=wait,ok"] {
        for exit in ["exit=signal", "exit=code", "exit=success"] {
            let mut app = phases(&[script, exit, "usr1=err:no disk"]).spawn();
            app.expect("R+");
            app.send_signal(SIGUSR1);
            app.wait()
                .assert_code(1)
                .assert_stdout(&ONCE)
                .assert_stderr_once(&["no disk"]);
        }
    }
}

#[test]
fn row_77_errors_of_all_kinds() {
    for error in ["error=boxed", "error=boxed-sync", "error=anyhow"] {
        let mut app = phases(&["run=wait", "usr1=err:no disk", error]).spawn();
        app.expect("R+");
        app.send_signal(SIGUSR1);
        app.wait()
            .assert_code(1)
            .assert_stdout(&ONCE)
            .assert_stderr_once(&["no disk"]);
    }
}

/// A function for a signal may return the cancellation as its error. As with the phases, that is no failure.
#[test]
fn row_77_the_cancellation_is_no_failure() {
    for error in [
        "error=own",
        "error=cancelled",
        "error=boxed",
        "error=boxed-sync",
        "error=anyhow",
    ] {
        let script = ["run=accepted,line", "usr1=cancelled", error];
        let mut app = phases(&script).spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect("accepted");
        app.send_signal(SIGUSR1);
        app.expect("usr1-");
        app.send_line("go");
        app.wait()
            .assert_signal(SIGTERM)
            .assert_stdout(&[
                "S+", "S-", "R+", "accepted", "usr1+", "usr1-", "R-", "P+", "P-",
            ])
            .assert_no_stderr();
    }
}

/// The first cause is the reason, and a failure is reported in any case.
#[test]
fn row_77_a_failure_after_the_request() {
    let script = ["run=accepted,line", "usr1=err:no disk", "stop=log"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("accepted");
    app.send_signal(SIGUSR1);
    app.expect_stderr(&["no disk"]);
    app.send_line("go");
    app.wait()
        .assert_code(1)
        .assert_in_order(&["accepted", "usr1+", "usr1-", "R-", "P+", "signals SIGTERM"])
        .assert_once(&format!("reason {}", from_us(SIGTERM)))
        .assert_stderr_once(&["Error: Text(\"no disk\")"]);
}

/// Functions for signals are called until `run` has ended, also after one of them has failed.
#[test]
fn row_77_functions_are_called_after_a_failure() {
    let script = ["run=accepted,line", "usr1=err:no disk", "usr2=ok"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.expect("accepted");
    app.send_signal(SIGUSR2);
    app.expect("usr2-");
    // The function that has failed is called again as well.
    app.send_signal(SIGUSR1);
    app.expect("usr1+");
    app.expect_stderr(&["no disk"]);
    app.expect_stderr(&["no disk"]);
    app.send_line("go");
    app.wait()
        .assert_code(1)
        .assert_times("usr1-", 2)
        .assert_once("usr2-")
        .assert_in_order(&["usr2-", "R-", "P+", "P-"])
        .assert_once("P+");
}

/// An error may panic when it is printed or dropped, since both are code of the user's.
#[test]
fn row_77_an_error_that_cannot_be_printed() {
    let script = ["run=wait", "usr1=err:no disk", "error=unprintable"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.wait()
        .assert_code(101)
        .assert_stdout(&ONCE)
        .assert_stderr_once(&["unprintable"]);
}

/// The request that a failure makes drains as any other does: `run` goes on until the drain is over.
#[test]
fn row_77_a_failure_drains() {
    for (ends, status) in [("usr1=err:no disk", 1), ("usr1=panic:no disk", 101)] {
        let script = [
            "run=on-request:asked,pass:asked,requested,checkpoint,seen:1,wait,checkpoint",
            "asked=open:asked",
            "drain=3600000",
            ends,
        ];
        let mut app = phases(&script).spawn();
        app.expect("R+");
        app.send_signal(SIGUSR1);
        app.expect("checkpoint Ok");
        // Nobody has insisted so far. This Ctrl-C is the first signal that asks for the end, so it does not
        // insist either.
        app.send_signal(SIGINT);
        app.expect("seen 1");
        pause_past_debounce();
        app.assert_running_without("R-");
        app.send_signal(SIGINT);
        app.wait()
            .assert_code(status)
            .assert_in_order(&[
                "usr1+",
                "requested true",
                "checkpoint Ok",
                "checkpoint Err(Cancelled)",
                "R-",
                "P+",
            ])
            .assert_stderr_once(&["no disk"]);
    }
}

/// A failure is a request, so the deadlines count from it.
#[test]
fn row_77_run_does_not_end_after_a_failure() {
    let script = ["run=hang", "usr1=err:no disk", "timeout-run=100"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.wait().assert_code(124).assert_stderr_once(&["no disk"]);
}

/// `run` ends while the function fails. If the function was called, its failure is reported.
#[test]
fn row_77_a_failure_when_run_ends() {
    let mut called = 0;
    for _ in 0..100 {
        let script = ["run=raise:USR1,ok", "usr1=err:no disk", "quiet=SRP"];
        let output = phases(&script).spawn().wait();
        if output.stdout().is_empty() {
            output.assert_code(0).assert_no_stderr();
        } else {
            called += 1;
            output
                .assert_code(1)
                .assert_stdout(&["usr1+", "usr1-"])
                .assert_stderr_once(&["no disk"]);
        }
    }
    println!("called {called} times of 100");
}

#[test]
fn row_77_an_embedded_app_tells_its_program() {
    let script = ["run=wait", "usr1=err:no disk", "embedded=once"];
    let mut program = phases(&script).spawn();
    program.expect("R+");
    program.send_signal(SIGUSR1);
    program.expect("status Code(1)");
    program.expect("reason a failure");
    program.send_line("go");
    program.wait().assert_code(0).assert_once("went on");
}
