//! The builder's options, by name.

use std::time::Duration;

use aplomb::phase::List;
use aplomb::{App, ExitPolicy};

use crate::script::{number, option};

fn milliseconds(name: &str) -> Option<Duration> {
    option(name).map(|value| Duration::from_millis(number(value)))
}

pub(super) fn configured<L: List>(mut app: App<L>) -> App<L> {
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
    if let Some(count) = option("force-after") {
        app = app.force_after(number(count));
    }
    if option("reap-orphans").is_some() {
        app = app.reap_orphans();
    }
    if option("terminal").is_some() {
        app = app.restore_terminal();
    }
    match option("exit") {
        Some("code") => app = app.exit(ExitPolicy::Code),
        Some("success") => app = app.exit(ExitPolicy::Success),
        _ => {}
    }
    app
}
