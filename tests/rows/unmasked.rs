//! What hears the request in `start`: the interruption points of an unmasked handle, and nothing else.

use aplomb_testing::{Child, Command};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};

use super::start_stop::WHOLE;
use crate::ON;
use crate::programs::{On, phases, phases_on};

/// What the rows are about, on each executor.
fn kinds() -> &'static [On] {
    match ON {
        On::Threads => &[On::Threads],
        _ => &[On::Tokio, On::TokioCurrentThread, On::Smol, On::Futures],
    }
}

/// Spawns an app whose `start` says `in`; the request comes there.
fn asked_in_start(app: Command, signal: Signal) -> Child {
    let mut app = app.spawn();
    app.expect("in");
    app.send_signal(signal);
    app
}

#[test]
fn row_160_each_interruption_point_ends_start() {
    let points = [
        ("wait", None),
        ("cancelled", None),
        ("wait-timeout:60000", Some("wait-timeout true")),
        ("sleep:60000", Some("sleep Err(Cancelled)")),
        ("ready", Some("ready Err(Cancelled)")),
        ("accept", Some("accept Err(Cancelled)")),
        ("run-blocking", Some("run-blocking Err(Cancelled)")),
        ("truth,checkpoint", Some("checkpoint Err(Cancelled)")),
    ];
    for &on in kinds() {
        for (point, said) in points {
            for signal in [SIGINT, SIGTERM, SIGHUP] {
                let waits = format!("w=say:in,{point},checkpoint?,say:never");
                let app = phases_on(on, &["start=at-exit:bye,unmasked:w", &waits, "bye=say:bye"]);
                let lines = [&["S+", "in"], said.as_slice(), &["S-", "bye"]].concat();
                asked_in_start(app, signal)
                    .wait()
                    .assert_signal(signal)
                    .assert_stdout(&lines)
                    .assert_no_stderr();
            }
        }
    }
}

/// A request by call is one as well, and an app that drains has nothing to drain in `start`.
#[test]
fn row_160_other_requests() {
    phases(&[
        "start=thread:asker,unmasked:w",
        "w=sleep:60000,checkpoint?",
        "asker=request-exit:7",
        "drain=60000",
    ])
    .spawn()
    .wait()
    .assert_code(7)
    .assert_stdout(&["S+", "sleep Err(Cancelled)", "S-"])
    .assert_no_stderr();
}

/// A `start` that hears the request may go on, or fail, as one that looks by `is_requested`.
#[test]
fn row_160_a_start_that_hears_the_request_and_goes_on() {
    let app = phases(&["start=unmasked:w", "w=say:in,wait"]);
    asked_in_start(app, SIGTERM)
        .wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "in", "S-", "P+", "P-"])
        .assert_no_stderr();
    let app = phases(&["start=unmasked:w", "w=say:in,wait,err:no disk"]);
    asked_in_start(app, SIGTERM)
        .wait()
        .assert_code(1)
        .assert_stdout(&["S+", "in", "S-"])
        .assert_stderr_once(&["no disk"]);
}

#[test]
fn row_160_the_start_of_a_component() {
    for signal in [SIGINT, SIGTERM] {
        let app = phases(&[
            "components=yes",
            "cleanup=yes",
            "cache.start=unmasked:w",
            "w=say:in,wait,checkpoint?",
            // What takes the start back is not looked through.
            "database.stop=unmasked:s",
            "s=checkpoint,sleep:1",
        ]);
        asked_in_start(app, signal)
            .wait()
            .assert_signal(signal)
            .assert_stdout(&[
                "database S+",
                "database S-",
                "cache S+",
                "in",
                "cache S-",
                "cache U",
                "database P+",
                "checkpoint Ok",
                "sleep Ok",
                "database P-",
                "database U",
            ])
            .assert_no_stderr();
    }
}

#[test]
fn row_161_shields_in_start_mask() {
    let points = "truth,checkpoint,sleep:1,wait-timeout:1";
    for &on in kinds() {
        let app = phases_on(
            on,
            &[
                "start=unmasked:w",
                &format!("w=shield:s,say:in,{points},unshield,checkpoint,call:f,checkpoint?"),
                &format!("f={points}"),
            ],
        );
        let masked = ["checkpoint Ok", "sleep Ok", "wait-timeout false"];
        let begin = ["S+", "in"];
        let between = ["checkpoint Err(Cancelled)"];
        let end = ["f Ok", "S-"];
        asked_in_start(app, SIGTERM)
            .wait()
            .assert_signal(SIGTERM)
            .assert_stdout(&[&begin[..], &masked, &between, &masked, &end].concat())
            .assert_no_stderr();
    }
}

/// What is not looked through wakes at its end what has waited inside of it.
#[test]
fn row_161_what_was_polled_in_a_shield_is_woken_at_its_end() {
    let steps: &[&str] = match ON {
        On::Threads => &["across", "across-guard"],
        _ => &["across"],
    };
    for &on in kinds() {
        for step in steps {
            for future in ["cancelled", "run-until"] {
                let waits = format!("w={step}:{future},checkpoint?");
                let mut app = phases_on(on, &["start=unmasked:w", &waits]).spawn();
                app.expect("inside");
                app.send_signal(SIGTERM);
                app.wait()
                    .assert_signal(SIGTERM)
                    .assert_stdout(&["S+", "inside", "outside", "woken", "S-"])
                    .assert_no_stderr();
            }
        }
    }
}

/// A cancelled future is dropped between two regions, and not in one.
#[test]
fn row_161_no_region_is_cut() {
    if !ON.is_tasks() {
        return;
    }
    for &on in kinds() {
        let app = phases_on(
            on,
            &[
                "start=unmasked:w",
                "w=until:regions,checkpoint?",
                "regions=shield:s,say:in,accepted,line,say:whole,unshield,shield:t,say:never,unshield",
            ],
        );
        let mut app = asked_in_start(app, SIGTERM);
        app.expect("accepted");
        app.send_line("go");
        app.wait()
            .assert_signal(SIGTERM)
            .assert_stdout(&[
                "S+",
                "in",
                "accepted",
                "whole",
                "regions Err(Cancelled)",
                "S-",
            ])
            .assert_no_stderr();
    }
}

#[test]
fn row_162_elsewhere_it_is_a_plain_handle() {
    let app = phases(&[
        "start=unmasked:first",
        "first=checkpoint",
        "run=unmasked:w",
        "w=shield:s,say:in,truth,checkpoint,sleep:1,unshield,checkpoint",
        "stop=unmasked:last",
        "last=checkpoint,sleep:1,wait-timeout:1",
    ]);
    asked_in_start(app, SIGTERM)
        .wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&[
            "S+",
            "checkpoint Ok",
            "S-",
            "R+",
            "in",
            "checkpoint Ok",
            "sleep Ok",
            "checkpoint Err(Cancelled)",
            "R-",
            "P+",
            "checkpoint Ok",
            "sleep Ok",
            "wait-timeout false",
            "P-",
        ])
        .assert_no_stderr();
}

#[test]
fn row_162_a_future_of_start_that_run_awaits() {
    for &on in kinds() {
        for future in ["cancelled", "run-until"] {
            let keep = format!("w=keep:{future}");
            let mut app = phases_on(on, &["start=unmasked:w", &keep, "run=await-kept"]).spawn();
            app.expect("R+");
            app.send_signal(SIGTERM);
            app.wait()
                .assert_signal(SIGTERM)
                .assert_stdout(&["S+", "S-", "R+", "woken", "R-", "P+", "P-"])
                .assert_no_stderr();
        }
    }
}

/// Without it `start` hears nothing, and what it has begun hears the request with any handle.
#[test]
fn row_162_what_start_has_begun_is_not_in_its_shield() {
    let app = phases(&[
        "start=spawn:plain,spawn:other,say:in,truth,checkpoint,sleep:1,join:plain,join:other",
        "plain=wait",
        "other=unmasked:w",
        "w=wait",
        "run=wait",
    ]);
    asked_in_start(app, SIGTERM)
        .wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "in", "checkpoint Ok", "sleep Ok", "S-", "P+", "P-"])
        .assert_no_stderr();
    // An app that nobody asks to end is not touched by any of this.
    let mut app = phases(&["start=unmasked:w", "w=checkpoint?,sleep:1", "run=wait"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    let lines = [&WHOLE[..1], &["sleep Ok"], &WHOLE[1..]].concat();
    app.wait().assert_signal(SIGTERM).assert_stdout(&lines);
}
