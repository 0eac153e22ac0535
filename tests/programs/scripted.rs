//! An app whose phases do what the program's arguments say; see [`script`](crate::script).
//!
//! `start=`, `run=` and `stop=` are the scripts of the phases. Each phase says when it begins
//! (`S+`, `R+`, `P+`) and when it ends other than by a panic (`S-`, `R-`, `P-`), unless
//! `quiet=` has its letter.
//! `error=` chooses the phases' error type, the other options are those of the builder.

use std::error::Error;
use std::fmt::Debug;
use std::process::ExitCode;
use std::time::Duration;

use aplomb::{App, Exit, Shutdown};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, raise};

use crate::script::{Failure, option, perform, say};

/// What `start` hands on.
#[derive(Debug)]
struct State;

/// An error type that phases are tested with.
trait Fault: Debug + 'static {
    fn of(failure: Failure) -> Self;
}

impl Fault for Failure {
    fn of(failure: Failure) -> Self {
        failure
    }
}

impl Fault for aplomb::Cancelled {
    fn of(failure: Failure) -> Self {
        match failure {
            Failure::Cancelled(cancelled) => cancelled,
            Failure::Text(text) => panic!("{text:?} cannot be said by this type"),
        }
    }
}

/// The error itself goes into the box: what is looked for is `Cancelled`, not our wrapping.
macro_rules! boxed {
    ($($boxed:ty),*) => {$(
        impl Fault for $boxed {
            fn of(failure: Failure) -> Self {
                match failure {
                    Failure::Cancelled(cancelled) => cancelled.into(),
                    text @ Failure::Text(_) => text.into(),
                }
            }
        }
    )*};
}

boxed!(Box<dyn Error>, Box<dyn Error + Send + Sync>, anyhow::Error);

fn phase<E: Fault>(letter: &str, name: &'static str, shutdown: &Shutdown) -> Result<ExitCode, E> {
    let aloud = !option("quiet").is_some_and(|letters| letters.contains(letter));
    if aloud {
        say(format!("{letter}+"));
    }
    let result = perform(name, shutdown).map_err(E::of);
    if aloud {
        say(format!("{letter}-"));
    }
    result
}

fn start<E: Fault>(shutdown: &Shutdown) -> Result<State, E> {
    phase("S", "start", shutdown).map(|_| State)
}

fn run<E: Fault>(_: &State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("R", "run", shutdown)
}

fn stop<E: Fault>(_: State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("P", "stop", shutdown)
}

fn milliseconds(name: &str) -> Option<Duration> {
    option(name).map(|value| Duration::from_millis(value.parse().expect("a number")))
}

fn app<E: Fault>() -> ! {
    let mut app = App::new(start::<E>, run::<E>, stop::<E>);
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
    if let Some(count) = option("force-after") {
        app = app.force_after(count.parse().expect("a number"));
    }
    match option("exit") {
        Some("code") => app = app.exit(Exit::Code),
        Some("success") => app = app.exit(Exit::Success),
        _ => {}
    }
    app.main()
}

pub(crate) fn main() {
    // Where a row is about SIGQUIT, nobody wants the core.
    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("a limit can be lowered");
    if option("stopped").is_some() {
        // For a tracer that is to see all from here on.
        raise(Signal::SIGSTOP).expect("a process may stop itself");
    }
    match option("error") {
        Some("cancelled") => app::<aplomb::Cancelled>(),
        Some("boxed") => app::<Box<dyn Error>>(),
        Some("boxed-sync") => app::<Box<dyn Error + Send + Sync>>(),
        Some("anyhow") => app::<anyhow::Error>(),
        _ => app::<Failure>(),
    }
}
