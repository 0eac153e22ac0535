//! The phases as async functions.

use std::process::ExitCode;

use aplomb::{App, Shutdown};

use super::embedded::live;
use super::fault::Fault;
use super::options::configured;
use super::phase::Phase;
use super::{ON, State};
use crate::async_script::{executor, perform};
use crate::script::{option, say};

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

async fn start<E: Fault>(shutdown: &Shutdown) -> Result<State, E> {
    phase("S", "start", shutdown).await.map(|_| State)
}

async fn run<E: Fault>(_: &State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("R", "run", shutdown).await
}

async fn stop<E: Fault>(_: State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("P", "stop", shutdown).await
}

async fn called<E: Fault>(name: &'static str, shutdown: &Shutdown) -> Result<(), E> {
    say(format!("{name}+"));
    let result = perform(name, shutdown).await.map(drop).map_err(E::of);
    say(format!("{name}-"));
    result
}

pub(super) fn app<E: Fault>() {
    live(|| {
        let mut app = App::executor(executor()).phases(start::<E>, run::<E>, stop::<E>);
        for (signal, name) in ON {
            if option(name).is_some() {
                app = app.on(signal, async move |_: &State, shutdown: &Shutdown| {
                    called::<E>(name, shutdown).await
                });
            }
        }
        configured(app)
    });
}
