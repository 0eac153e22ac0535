//! The phases as functions.

use std::process::ExitCode;

use aplomb::{App, Shutdown};

use super::State;
use super::embedded::live;
use super::fault::Fault;
use super::options::configured;
use super::phase::Phase;
use crate::script::perform;

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

fn start<E: Fault>(shutdown: &Shutdown) -> Result<State, E> {
    phase("S", "start", shutdown).map(|_| State)
}

fn run<E: Fault>(_: &State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("R", "run", shutdown)
}

fn stop<E: Fault>(_: State, shutdown: &Shutdown) -> Result<ExitCode, E> {
    phase("P", "stop", shutdown)
}

pub(super) fn app<E: Fault>() {
    live(|| configured(App::new(start::<E>, run::<E>, stop::<E>)));
}
