//! Shields and apps that are in each other's way: an app inside a shield, and guards that a function leaves behind.

use nix::sys::signal::Signal::{SIGTERM, SIGUSR1};

use super::start_stop::WHOLE;
use crate::ON;
use crate::programs::{On, phases, phases_on, scene};

#[test]
fn row_163_an_app_inside_a_shield() {
    let output = scene(&["in-shield"]).spawn().wait();
    let words = "an app cannot begin inside a shield, since its end would wait for that shield: begin it outside";
    let refused = |place: &&str| format!("{place} Err({words})");
    let places: &[&str] = if ON.is_tasks() {
        output.assert_code(0).assert_no_stderr();
        &["inline", "owned", "beside"]
    } else {
        output.assert_code(1);
        output.assert_stderr_once(&["Error: an app cannot begin inside a shield"]);
        &["guard", "function"]
    };
    let mut lines: Vec<_> = places.iter().map(refused).collect();
    lines.extend(["start", "run", "stop", "outside Ok(Code(0))"].map(String::from));
    assert_eq!(output.stdout(), lines);
}

/// Whatever the function, a guard that it has leaked ends with it, and is named once.
#[test]
fn row_164_guards_that_were_leaked() {
    let kinds: &[On] = match ON {
        On::Threads => &[On::Threads],
        _ => &[On::Tokio, On::TokioCurrentThread, On::Smol, On::Futures],
    };
    for &on in kinds {
        for (phase, rest) in [
            ("start=leak:l,leak:m", "run=checkpoint,wait"),
            ("start=ok", "run=leak:l,leak:m,truth,checkpoint"),
            ("stop=leak:l,leak:m", "run=wait"),
        ] {
            let mut app = phases_on(on, &[phase, rest]).spawn();
            app.expect("R+");
            app.send_signal(SIGTERM);
            let output = app.wait();
            output
                .assert_signal(SIGTERM)
                .assert_in_order(&WHOLE)
                .assert_stderr_once(&["shield `l` (", "in thread `main`", "counts as ended"]);
            // While the function goes on the guard is held.
            if rest.contains("truth") {
                output.assert_once("checkpoint Ok");
            }
        }
    }
}

#[test]
fn row_164_a_guard_that_a_start_has_leaked_which_fails() {
    phases(&["start=leak:l,err:no disk"])
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&["S+", "S-"])
        .assert_stderr_once(&["shield `l` ("])
        .assert_stderr_once(&["no disk"]);
    phases(&["run=leak:l,panic:torn"])
        .spawn()
        .wait()
        .assert_code(101)
        .assert_in_order(&["S-", "R+", "P+", "P-"])
        .assert_stderr_once(&["shield `l` ("]);
}

#[test]
fn row_164_a_guard_that_another_function_has_leaked() {
    // A function of `on_request`, of a signal, and of a thread that `run_blocking` has started.
    let mut app = phases(&[
        "start=on-request:asked",
        "asked=leak:asked",
        "run=wait",
        "usr1=leak:usr1,say:called",
    ])
    .spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.expect("usr1-");
    app.send_signal(SIGUSR1);
    app.expect("usr1-");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_signal(SIGTERM)
        .assert_in_order(&["R-", "P+", "P-"]);
    output.assert_stderr_once(&["shield `asked` ("]);
    let named = output.stderr();
    let named = named.iter().filter(|line| line.contains("shield `usr1` ("));
    // Each call has leaked one of its own.
    assert_eq!(named.count(), 2);
}

#[test]
fn row_164_guards_that_components_have_leaked() {
    let output = phases(&[
        "components=yes",
        "database.start=leak:database",
        "cache.start=unmasked:w",
        "w=checkpoint",
        "cache.run=leak:cache",
        "api.stop=leak:api",
    ])
    .spawn()
    .wait();
    output.assert_code(0);
    output.assert_in_order(&[
        "cache S-",
        "cache R+",
        "cache R-",
        "api P+",
        "api P-",
        "database P-",
    ]);
    for shield in ["database", "cache", "api"] {
        output.assert_stderr_once(&[&format!("shield `{shield}` ("), "counts as ended"]);
    }
}

/// The function that changes the limits, an observer and a reporter are the app's functions as well.
#[test]
fn row_164_a_guard_that_a_function_has_leaked_which_is_told() {
    for option in ["limits=leak", "observe=leak", "report=leak"] {
        let mut app = phases(&["run=line,checkpoint,wait", option]).spawn();
        match option {
            "limits=leak" => {}
            "observe=leak" => {
                app.expect("leaked");
            }
            // That function takes the line itself.
            _ => {
                app.expect_prefix("! the function has ended that has made shield `leaked` (");
            }
        }
        app.send_line("");
        app.expect("checkpoint Ok");
        app.send_signal(SIGTERM);
        let output = app.wait();
        output.assert_signal(SIGTERM).assert_in_order(&WHOLE);
        if option == "report=leak" {
            output.assert_no_stderr();
        } else {
            output.assert_stderr_once(&["shield `leaked` (", "counts as ended"]);
        }
    }
}

/// What `start` has leaked masks nothing in `run`, where other shields come and go.
#[test]
fn row_164_a_leaked_guard_masks_nothing_later() {
    let mut app = phases(&[
        "start=leak:l",
        "run=shield:inner,say:in,truth,checkpoint,unshield,checkpoint",
    ])
    .spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_stdout(&[
        "S+",
        "S-",
        "R+",
        "in",
        "checkpoint Ok",
        "checkpoint Err(Cancelled)",
        "R-",
        "P+",
        "P-",
    ]);
}
