//! Components: `database`, then `cache`, which asks for the database, then `api`, which asks for both.
//!
//! `cache.start=`, `cache.run=` and `cache.stop=` are scripts, and so are those of the others; a `run` without one
//! waits for the request. `cleanup=yes` has each `start` push something that says `cache U` when it is undone, and
//! `cache.undo=` is the script of a step that it pushes. With `components=without-run` there is no `run`.
//! `optional=cache,api` says which are optional, and `cache-limit=400` how long the `stop` of `cache` may take.

mod tasks;
mod threads;

use std::process::ExitCode;
use std::time::Duration;

use aplomb::component::Component;
use aplomb::{Cleanup, Shutdown};

use crate::script::{option, perform, say};

/// What they make.
#[derive(Debug)]
struct Database;
#[derive(Debug)]
struct Cache;
#[derive(Debug)]
struct Api;

fn push(name: &'static str, shutdown: &Shutdown, cleanup: &mut Cleanup) {
    let script: &'static str = format!("{name}.undo").leak();
    if option(script).is_some() {
        cleanup.push(name, shutdown.clone(), move |shutdown| {
            perform(script, &shutdown).map(drop)
        });
    }
    if option("cleanup").is_some() {
        cleanup.push(name, name, |name| say(format!("{name} U")));
    }
}

/// The component, with its options.
fn named(name: &'static str) -> Component {
    let component = Component::new(name);
    match option("optional") {
        Some(optional) if optional.split(',').any(|one| one == name) => component.optional(),
        _ => component,
    }
}

/// How long the `stop` of `cache` may take, if it has a limit of its own.
fn limited() -> Option<Duration> {
    let limit = option("cache-limit")?.parse().expect("milliseconds");
    Some(Duration::from_millis(limit))
}

fn have_run() -> bool {
    option("components") != Some("without-run")
}

pub(super) fn app() -> ExitCode {
    match option("on") {
        Some(_) => tasks::app(),
        None => threads::app(),
    }
}
