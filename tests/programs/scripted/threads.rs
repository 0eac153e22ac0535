//! The phases as functions.

use std::process::{ExitCode, ExitStatus};

use aplomb::signal::Signal;
use aplomb::{App, Cleanup, Shutdown};

use super::embedded::live;
use super::fault::Fault;
use super::options::{change_limits, configured};
use super::phase::{Phase, push_undos, status_of};
use super::{ON, State, say_told};
use crate::script::{Failure, option, perform, say};

fn phase<E: Fault>(
    letter: &'static str,
    name: &'static str,
    shutdown: &Shutdown,
) -> Result<ExitCode, E> {
    let phase = Phase::begin(letter);
    let result = perform(name, shutdown).map_err(E::of);
    phase.end();
    result
}

fn start<E: Fault>(shutdown: &Shutdown, cleanup: &mut Cleanup) -> Result<State, E> {
    if option("undo").is_some() {
        cleanup.push("step", shutdown.clone(), |shutdown| {
            perform("undo", &shutdown).map(drop)
        });
    }
    push_undos(cleanup);
    phase("S", "start", shutdown).map(|_| State)
}

fn run<E: Fault>(_: &State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("R", "run", shutdown)
}

fn stop<E: Fault>(_: State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("P", "stop", shutdown)
}

/// Ends as the child `a` has, whatever the script says of the status.
fn run_as_child<E: Fault>(_: &State, shutdown: &Shutdown) -> Result<ExitStatus, E> {
    phase("R", "run", shutdown).map(|_| status_of("a"))
}

/// Ends as the child `b` has.
fn stop_as_child(_: State, shutdown: &Shutdown) -> ExitStatus {
    let stopped = phase::<Failure>("P", "stop", shutdown);
    stopped.expect("such a script does not fail");
    status_of("b")
}

fn called<E: Fault>(name: &'static str, shutdown: &Shutdown) -> Result<(), E> {
    say(format!("{name}+"));
    let result = perform(name, shutdown).map(drop).map_err(E::of);
    say(format!("{name}-"));
    result
}

pub(super) fn app<E: Fault>() -> ExitCode {
    if option("limits").is_some() {
        return live(|| {
            let app = App::body(|| Ok::<(), Failure>(())).limits(change_limits);
            configured(app.phases(start::<E>, run::<E>, stop::<E>))
        });
    }
    live(|| {
        let mut app = match option("as-child") {
            Some("run") => App::new(start::<E>, run_as_child::<E>, stop::<E>),
            Some("stop") => App::new(start::<E>, run::<E>, stop_as_child),
            Some(_) => App::new(start::<E>, run_as_child::<E>, stop_as_child),
            None => App::new(start::<E>, run::<E>, stop::<E>),
        };
        for (signal, name) in ON {
            if option(name).is_some() {
                app = app.on(
                    signal,
                    move |_: &State, shutdown: &Shutdown, arrived: &Signal| {
                        say_told(arrived);
                        called::<E>(name, shutdown)
                    },
                );
            }
        }
        configured(app)
    })
}
