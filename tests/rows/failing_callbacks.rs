//! Functions that a signal calls, and that fail: a signal becomes an error at a point that `run` has named.

use nix::sys::signal::Signal::{SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

use crate::support::{from_us, pause_past_debounce, phases};

/// What an app says whose function for SIGUSR1 is called once, in `run`.
const ONCE: [&str; 8] = ["S+", "S-", "R+", "usr1+", "usr1-", "R-", "P+", "P-"];

#[test]
fn row_77_a_function_fails() {
    let mut app = phases(&["run=wait", "usr1=err:no disk"]).spawn();
    app.expect("R+");
    app.signal(SIGUSR1);
    let ending = app.finish();
    ending.exited(1).said(&ONCE);
    ending.check(
        ending.stderr() == ["Error: Text(\"no disk\")"],
        "it was to be printed once, and nothing else",
    );
}

/// `run` is cancelled by it where it waits, and for that reason.
#[test]
fn row_77_run_sees_the_cancellation() {
    let script = ["run=checkpoint,sleep:60000,checkpoint,log", "quiet=SP"];
    let mut app = phases(&script).args(&["usr1=err:no disk"]).spawn();
    app.expect("checkpoint Ok");
    app.signal(SIGUSR1);
    app.finish()
        .exited(1)
        .said(&[
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
        .complained_once("Error: Text(\"no disk\")");
}

/// The same whatever `run` makes of it: its `Err(Cancelled)` is none, its code comes second.
#[test]
fn row_77_the_failure_is_what_counts() {
    for script in ["run=wait,checkpoint?", "run=wait,code:3", "run=wait,ok"] {
        for exit in ["exit=signal", "exit=code", "exit=success"] {
            let mut app = phases(&[script, exit, "usr1=err:no disk"]).spawn();
            app.expect("R+");
            app.signal(SIGUSR1);
            app.finish()
                .exited(1)
                .said(&ONCE)
                .complained_once("no disk");
        }
    }
}

#[test]
fn row_77_errors_of_all_kinds() {
    for error in ["error=boxed", "error=boxed-sync", "error=anyhow"] {
        let mut app = phases(&["run=wait", "usr1=err:no disk", error]).spawn();
        app.expect("R+");
        app.signal(SIGUSR1);
        app.finish()
            .exited(1)
            .said(&ONCE)
            .complained_once("no disk");
    }
}

/// As for the phases.
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
        app.signal(SIGTERM);
        app.expect("accepted");
        app.signal(SIGUSR1);
        app.expect("usr1-");
        app.go();
        app.finish()
            .died_by(SIGTERM)
            .said(&[
                "S+", "S-", "R+", "accepted", "usr1+", "usr1-", "R-", "P+", "P-",
            ])
            .quiet();
    }
}

/// The first cause counts, and a failure is told in any case.
#[test]
fn row_77_a_failure_after_the_request() {
    let script = ["run=accepted,line", "usr1=err:no disk", "stop=log"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.signal(SIGTERM);
    app.expect("accepted");
    app.signal(SIGUSR1);
    app.expect_complaint(&["no disk"]);
    app.go();
    app.finish()
        .exited(1)
        .in_order(&["accepted", "usr1+", "usr1-", "R-", "P+", "signals SIGTERM"])
        .once(&format!("reason SIGTERM {}", from_us()))
        .complained_once("Error: Text(\"no disk\")");
}

/// Until `run` has ended.
#[test]
fn row_77_functions_are_called_after_a_failure() {
    let script = ["run=accepted,line", "usr1=err:no disk", "usr2=ok"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.signal(SIGUSR1);
    app.expect("accepted");
    app.signal(SIGUSR2);
    app.expect("usr2-");
    // The one that has failed as well.
    app.signal(SIGUSR1);
    app.expect("usr1+");
    app.expect_complaint(&["no disk"]);
    app.expect_complaint(&["no disk"]);
    app.go();
    app.finish()
        .exited(1)
        .times("usr1-", 2)
        .once("usr2-")
        .in_order(&["usr2-", "R-", "P+", "P-"])
        .once("P+");
}

/// To print it is code of the user's, and so is to drop it.
#[test]
fn row_77_an_error_that_cannot_be_printed() {
    let script = ["run=wait", "usr1=err:no disk", "error=unprintable"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.signal(SIGUSR1);
    app.finish()
        .exited(101)
        .said(&ONCE)
        .complained_once("unprintable");
}

/// This request drains as any other does: `run` goes on until that is over.
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
        app.signal(SIGUSR1);
        app.expect("checkpoint Ok");
        // Nobody has insisted so far: the first Ctrl-C is the first.
        app.signal(SIGINT);
        app.expect("seen 1");
        pause_past_debounce();
        app.is_going_on("R-");
        app.signal(SIGINT);
        app.finish()
            .exited(status)
            .in_order(&[
                "usr1+",
                "requested true",
                "checkpoint Ok",
                "checkpoint Err(Cancelled)",
                "R-",
                "P+",
            ])
            .complained_once("no disk");
    }
}

/// It is a request, so the deadlines count from it.
#[test]
fn row_77_run_does_not_end_after_a_failure() {
    let script = ["run=hang", "usr1=err:no disk", "timeout-run=100"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.signal(SIGUSR1);
    app.finish().exited(124).complained_once("no disk");
}

/// `run` ends at the same time: a function that was called has been heard, too.
#[test]
fn row_77_a_failure_when_run_ends() {
    let mut called = 0;
    for _ in 0..100 {
        let script = ["run=raise:USR1,ok", "usr1=err:no disk", "quiet=SRP"];
        let ending = phases(&script).spawn().finish();
        if ending.stdout().is_empty() {
            ending.exited(0).quiet();
        } else {
            called += 1;
            ending
                .exited(1)
                .said(&["usr1+", "usr1-"])
                .complained_once("no disk");
        }
    }
    println!("called {called} times of 100");
}

#[test]
fn row_77_an_embedded_app_tells_its_program() {
    let script = ["run=wait", "usr1=err:no disk", "embedded=once"];
    let mut program = phases(&script).spawn();
    program.expect("R+");
    program.signal(SIGUSR1);
    program.expect("status Code(1)");
    program.expect("reason a failure");
    program.go();
    program.finish().exited(0).once("went on");
}
