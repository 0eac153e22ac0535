//! The builder's options, by name.

use std::mem;
use std::sync::Once;
use std::thread;
use std::time::Duration;

use aplomb::phase::List;
use aplomb::{App, Event, EventKind, ExitPolicy, Limits, Work};

use super::subscriber;
#[cfg(unix)]
use crate::script::service;
use crate::script::{HALF, number, option, say};

fn milliseconds(name: &str) -> Option<Duration> {
    option(name).map(|value| Duration::from_millis(number(value)))
}

/// Changes the limits by the value of the body, which is nothing here: the script says how.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the value of the body is lent, whatever it is"
)]
pub(super) fn change_limits((): &(), limits: &mut Limits) {
    match option("limits") {
        Some("panic") => panic!("on purpose"),
        Some("leak") => mem::forget(aplomb::shield("leaked")),
        _ => {}
    }
    limits.timeout_start = milliseconds("timeout-start");
    limits.timeout_run = milliseconds("timeout-run");
    limits.timeout_stop = milliseconds("timeout-stop");
    limits.deadline = milliseconds("deadline");
    limits.drain = milliseconds("drain");
    limits.grace = milliseconds("grace");
    limits.exit_wait = milliseconds("exit-wait");
    limits.explain = milliseconds("explain");
}

pub(super) fn configured<L: List>(app: App<L>) -> App<L> {
    // The value of the body sets them otherwise.
    let mut app = if option("limits").is_none() {
        limited(app)
    } else {
        app
    };
    if let Some(count) = option("force-after") {
        app = app.force_after(number(count));
    }
    if option("reap-orphans").is_some() {
        app = app.reap_orphans();
    }
    if option("terminal").is_some() {
        app = app.restore_terminal();
    }
    if let Some(how) = option("observe") {
        app = app.observe(move |event| match how {
            "hang" => hang(event),
            "shield" => {
                let _shield = aplomb::shield("log");
                say(format!("* {event}"));
            }
            "leak" => leak_once(event),
            "timeline" => look_at_request(event),
            "late" => look_late(event),
            "panic" => panic!("on purpose"),
            _ => say(format!("* {event}")),
        });
    }
    #[cfg(unix)]
    if let Some(how) = option("systemd") {
        app = app.systemd(service::told(how, milliseconds("extend")));
    }
    if let Some(how) = option("report") {
        app = reported(app, how);
    }
    match option("exit") {
        Some("code") => app = app.exit(ExitPolicy::Code),
        Some("success") => app = app.exit(ExitPolicy::Success),
        _ => {}
    }
    app
}

/// Leaves a guard behind when `start` begins.
fn leak_once(event: &Event) {
    if event.kind == EventKind::Began(Work::StartPhase) {
        mem::forget(aplomb::shield("leaked"));
        say("leaked");
    }
}

/// Says whether there is a picture of the stop when the request is told.
fn look_at_request(event: &Event) {
    if let EventKind::Requested { .. } = event.kind {
        let timeline = aplomb::shutdown().timeline();
        say(if timeline.is_some() {
            "a timeline"
        } else {
            "no timeline"
        });
    }
}

/// Says how far the app is, some time after it has left.
fn look_late(event: &Event) {
    if let EventKind::Leaving(_) = event.kind {
        // The row is about this time.
        thread::sleep(Duration::from_millis(20));
        say(aplomb::shutdown().phase().to_string());
    }
}

fn hang(_: &Event) {
    loop {
        thread::park();
    }
}

/// The app whose lines are taken so.
fn reported<L: List>(app: App<L>, how: &'static str) -> App<L> {
    match how {
        "off" => app.report_off(),
        "tracing" => {
            // A second app has the first one's.
            static ONCE: Once = Once::new();
            ONCE.call_once(subscriber::set);
            app.report(aplomb::tracing)
        }
        "hang" => app.report(hang),
        // Each of these says what it was told of, so that a test sees when it is called.
        _ => app.report(move |event| {
            if how == "leak" {
                leak_once(event);
            }
            if event.line().is_none() && how != "all" {
                return Ok(());
            }
            let failure = if event.is_failure() { "failure " } else { "" };
            say(format!("! {failure}{event}"));
            match how {
                "slow" => {
                    // The row is about this time.
                    thread::sleep(HALF);
                    say("taken");
                    Ok(())
                }
                "hang-failure" if event.is_failure() => {
                    hang(event);
                    Ok(())
                }
                "panic" => panic!("on purpose"),
                "exit" => std::process::exit(3),
                "no" => Err("no"),
                _ => Ok(()),
            }
        }),
    }
}

fn limited<L: List>(mut app: App<L>) -> App<L> {
    if let Some(limit) = milliseconds("timeout-start") {
        app = app.timeout_start(limit);
    }
    if let Some(limit) = milliseconds("timeout-run") {
        app = app.timeout_run(limit);
    }
    if let Some(limit) = milliseconds("timeout-stop") {
        app = app.timeout_stop(limit);
    }
    if let Some(limit) = milliseconds("deadline") {
        app = app.deadline(limit);
    }
    if let Some(time) = milliseconds("drain") {
        app = app.drain(time);
    }
    if let Some(time) = milliseconds("grace") {
        app = app.grace(time);
    }
    if let Some(limit) = milliseconds("exit-wait") {
        app = app.exit_wait(limit);
    }
    if let Some(limit) = milliseconds("explain") {
        app = app.explain(limit);
    }
    app
}
