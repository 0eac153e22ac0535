//! A `#[shielded] async fn` that owns its arguments is a task of its own: who calls it may go.

use nix::sys::signal::Signal::SIGTERM;

use crate::programs::{phases, scene};

/// What loses it: the script `f`, which has begun.
const LOSERS: [&str; 3] = ["lose-by-select", "lose-by-timeout", "lose-by-abort"];

#[test]
fn row_48_lost_half_way() {
    for loser in LOSERS {
        let run = format!("run={loser}:f,checkpoint");
        let f = "f=say:half,open:lose,line,checkpoint,say:whole";
        let mut app = phases(&[&run, f]).spawn();
        app.expect("half");
        // The caller is gone, and so is all of `run`.
        app.expect("f lost");
        app.expect("R-");
        app.send_signal(SIGTERM);
        app.assert_running_without("P+");
        app.send_line("go");
        app.wait()
            .assert_signal(SIGTERM)
            .assert_in_order(&["half", "f lost", "R-"])
            .assert_in_order(&["R-", "checkpoint Ok", "whole", "P+", "P-"])
            .assert_no_stderr();
    }
}

/// In a worker, after the request; and where nobody but the exit waits for it.
#[test]
fn row_48_lost_in_a_worker() {
    for loser in LOSERS {
        let mut app = phases(&[
            "run=spawn:worker,wait",
            &format!("worker={loser}:f"),
            "f=say:half,open:lose,line,checkpoint,say:whole",
            "stop=say:stops",
        ])
        .spawn();
        app.expect("half");
        app.expect("f lost");
        app.send_signal(SIGTERM);
        app.expect("R-");
        app.assert_running_without("P+");
        app.send_line("go");
        app.wait()
            .assert_signal(SIGTERM)
            .assert_in_order(&["R-", "checkpoint Ok", "whole", "P+", "P-"])
            .assert_no_stderr();
    }
}

/// Begun in `stop`, and lost there: the exit waits.
#[test]
fn row_48_lost_in_stop() {
    for loser in LOSERS {
        let mut app = phases(&[
            "run=ok",
            "stop=spawn:worker,pass:lost",
            &format!("worker={loser}:f,open:lost"),
            "f=say:half,open:lose,line,say:whole",
        ])
        .spawn();
        app.expect("half");
        app.expect("f lost");
        app.expect("P-");
        app.assert_running_without("whole");
        app.send_line("go");
        app.wait()
            .assert_code(0)
            .assert_in_order(&["P-", "whole"])
            .assert_no_stderr();
    }
}

/// What an app does whose `stop` leaves a task behind that is in the middle of it.
const LEFT_BEHIND: [&str; 4] = [
    "run=ok",
    "stop=spawn:worker,pass:begun",
    "worker=own:f",
    "f=say:half,open:begun,line,say:whole",
];

/// The app's own runtime, at the end of the program.
#[test]
fn row_49_at_the_end_of_the_program() {
    let mut app = phases(&LEFT_BEHIND).spawn();
    app.expect("half");
    app.expect("P-");
    app.assert_running_without("whole");
    app.send_line("go");
    app.wait()
        .assert_code(0)
        .assert_in_order(&["half", "P-", "whole"]);
}

/// The same where the program goes on, and the runtime is taken down.
#[test]
fn row_49_at_the_end_of_a_part() {
    let mut app = phases(&LEFT_BEHIND).args(["embedded=once"]).spawn();
    app.expect("half");
    app.expect("P-");
    app.assert_running_without("alone");
    app.send_line("go");
    app.expect("alone");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&["half", "P-", "whole", "alone"]);
}

#[test]
fn row_49_process_exit() {
    let mut app = phases(&[
        "run=spawn:worker,pass:begun,exit:5",
        "worker=own:f",
        "f=say:half,open:begun,line,say:whole",
    ])
    .spawn();
    app.expect("half");
    app.assert_running_without("whole");
    app.send_line("go");
    app.wait()
        .assert_code(5)
        .assert_once("whole")
        .assert_never("P+");
}

/// A task that calls it takes a thread of the runtime along; the other one goes on.
#[test]
fn row_65_exit_in_a_task() {
    let mut app = phases(&[
        "run=spawn:worker,pass:begun,spawn:quitter,hang",
        "worker=own:f",
        "quitter=say:quits,exit:5",
        "f=say:half,open:begun,line,say:whole",
    ])
    .spawn();
    app.expect("half");
    app.expect("quits");
    app.assert_running_without("whole");
    app.send_line("go");
    app.wait()
        .assert_code(5)
        .assert_once("whole")
        .assert_never("P+");
}

/// A runtime of the program's own. One that is dropped is gone when the line comes; in the background
/// it may have a moment left.
#[test]
fn row_49_another_runtime_goes() {
    for flavour in ["flavour=multi-thread", "flavour=current-thread"] {
        for how in ["how=drop", "how=background"] {
            let mut app = scene(&["runtimes", flavour, how]).spawn();
            app.expect("half");
            app.expect("runtime gone");
            app.expect("R-");
            app.assert_running_without("P+");
            app.send_signal(SIGTERM);
            app.send_line("go");
            let thread = app.expect_prefix("whole on ");
            let output = app.wait();
            output
                .assert_signal(SIGTERM)
                .assert_in_order(&["half", "runtime gone", "R-", "checkpoint Ok(())", "P+"])
                .assert_no_stderr();
            let ours = thread == "aplomb-shielded";
            output.assert(
                ours || how == "how=background",
                "no runtime was there any more",
            );
        }
    }
}

#[test]
fn row_51_a_panic_that_nobody_awaits() {
    for loser in LOSERS {
        let mut app = phases(&[
            "run=spawn:worker,wait",
            &format!("worker={loser}:f"),
            "f=say:half,open:lose,line,panic:torn",
        ])
        .spawn();
        app.expect("f lost");
        app.assert_running_without("R-");
        app.send_line("go");
        // It is a request, too.
        app.wait()
            .assert_code(101)
            .assert_in_order(&["f lost", "R-", "P+", "P-"])
            .assert_stderr_once(&["torn"]);
    }
}

#[test]
fn row_51_a_panic_that_is_awaited() {
    phases(&["run=catch-own:f,checkpoint", "f=panic:torn"])
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&[
            "S+",
            "S-",
            "R+",
            "caught torn",
            "checkpoint Ok",
            "R-",
            "P+",
            "P-",
        ])
        .assert_stderr_once(&["torn"]);
    // In a task of the program's own it is that one's.
    phases(&[
        "run=spawn:worker,join:worker,checkpoint",
        "worker=own:f",
        "f=panic:torn",
    ])
    .spawn()
    .wait()
    .assert_code(0)
    .assert_in_order(&["R+", "checkpoint Ok", "R-", "P+", "P-"]);
    // And in `run` it is one of `run`.
    phases(&["run=own:f", "f=panic:torn"])
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&["S+", "S-", "R+", "P+", "P-"]);
}
