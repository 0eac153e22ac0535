//! The phases as async functions.

use std::process::{ExitCode, ExitStatus};

use aplomb::signal::Signal;
use aplomb::{App, Cleanup, Shutdown};

use super::embedded::live;
use super::fault::Fault;
use super::options::{change_limits, configured};
use super::phase::{Phase, push_undos, status_of};
use super::{ON, State, say_told};
use crate::async_script::{executor, perform};
use crate::script::{Failure, option, say};

async fn phase<E: Fault>(
    letter: &'static str,
    name: &'static str,
    shutdown: &Shutdown,
) -> Result<ExitCode, E> {
    let phase = Phase::begin(letter);
    let result = perform(name, shutdown).await.map_err(E::of);
    phase.end();
    result
}

async fn start<E: Fault>(shutdown: &Shutdown, cleanup: &mut Cleanup) -> Result<State, E> {
    if option("undo").is_some() {
        cleanup.push_async("step", shutdown.clone(), async |shutdown: Shutdown| {
            perform("undo", &shutdown).await.map(drop)
        });
    }
    push_undos(cleanup);
    phase("S", "start", shutdown).await.map(|_| State)
}

async fn run<E: Fault>(_: &State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("R", "run", shutdown).await
}

async fn stop<E: Fault>(_: State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("P", "stop", shutdown).await
}

/// Ends as the child `a` has, whatever the script says of the status.
async fn run_as_child<E: Fault>(_: &State, shutdown: &Shutdown) -> Result<ExitStatus, E> {
    let ran = phase("R", "run", shutdown).await;
    ran.map(|_| status_of("a"))
}

/// Ends as the child `b` has.
async fn stop_as_child(_: State, shutdown: &Shutdown) -> ExitStatus {
    let stopped = phase::<Failure>("P", "stop", shutdown).await;
    stopped.expect("such a script does not fail");
    status_of("b")
}

async fn called<E: Fault>(name: &'static str, shutdown: &Shutdown) -> Result<(), E> {
    say(format!("{name}+"));
    let result = perform(name, shutdown).await.map(drop).map_err(E::of);
    say(format!("{name}-"));
    result
}

pub(super) fn app<E: Fault>() -> ExitCode {
    live(|| {
        let mut app = App::executor(executor());
        if option("limits").is_some() {
            app = app.limits(change_limits);
        }
        let mut app = match option("as-child") {
            Some("run") => app.phases(start::<E>, run_as_child::<E>, stop::<E>),
            Some("stop") => app.phases(start::<E>, run::<E>, stop_as_child),
            Some(_) => app.phases(start::<E>, run_as_child::<E>, stop_as_child),
            None => app.phases(start::<E>, run::<E>, stop::<E>),
        };
        for (signal, name) in ON {
            if option(name).is_some() {
                app = app.on(
                    signal,
                    async move |_: &State, shutdown: &Shutdown, arrived: &Signal| {
                        say_told(arrived);
                        called::<E>(name, shutdown).await
                    },
                );
            }
        }
        configured(app)
    })
}
