//! The phases as async functions.

use std::process::ExitCode;

use aplomb::{App, Shutdown};

use super::State;
use super::embedded::live;
use super::fault::Fault;
use super::options::configured;
use super::phase::Phase;
use crate::async_script::{executor, perform};

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

pub(super) fn app<E: Fault>() {
    let app = || App::asynchronous(executor(), start::<E>, run::<E>, stop::<E>);
    live(|| configured(app()));
}
