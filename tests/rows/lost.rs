//! A `#[shielded] async fn` that owns its arguments is a task of its own: its caller may go away.

use nix::sys::signal::Signal::SIGTERM;

use crate::programs::{phases, scene};

/// The steps that lose a script that has begun, here `f`.
const LOSERS: [&str; 3] = ["lose-by-select", "lose-by-timeout", "lose-by-abort"];

#[test]
fn row_48_lost_half_way() {
    for loser in LOSERS {
        let run = format!("run={loser}:f,checkpoint");
        let f = "f=say:half,open:lose,line,checkpoint,say:whole";
        let mut app = phases(&[&run, f]).spawn();
        app.expect("half");
        // The caller is gone, and `run` has ended, too.
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

/// The script is lost in a worker, and goes on after the request. `stop` begins when it has ended.
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

/// The script begins during `stop`, and is lost there. The exit of the process waits for it.
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

/// The script of an app whose `stop` ends while a task is in the middle of a shielded function.
const LEFT_BEHIND: [&str; 4] = [
    "run=ok",
    "stop=spawn:worker,pass:begun",
    "worker=own:f",
    "f=say:half,open:begun,line,say:whole",
];

/// The program ends, and the app's own runtime with it.
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

/// The runtime of the app is taken down, and the program around it goes on.
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

/// A task that calls `exit` never gives its thread of the runtime back. The other thread goes on, so the
/// shielded function comes to its end.
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

/// The function runs on a runtime of the program's own. A runtime that is dropped is gone when the line comes.
/// One that is shut down in the background may have a moment left.
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
        // A panic that nobody awaits is a request to end, too.
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
    // A panic that is awaited in a task of the program's own is a panic of that task.
    phases(&[
        "run=spawn:worker,join:worker,checkpoint",
        "worker=own:f",
        "f=panic:torn",
    ])
    .spawn()
    .wait()
    .assert_code(0)
    .assert_in_order(&["R+", "checkpoint Ok", "R-", "P+", "P-"]);
    // A panic that is awaited in `run` is a panic of `run`.
    phases(&["run=own:f", "f=panic:torn"])
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&["S+", "S-", "R+", "P+", "P-"]);
}
