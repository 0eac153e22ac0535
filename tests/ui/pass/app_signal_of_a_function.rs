//! A signal's function asks for its signal, alone or beside others, in any order.

use aplomb::signal::Signal;
use aplomb::{Absent, App, Shutdown, app, signal};

struct State;

fn start() -> Result<State, String> {
    Ok(State)
}

fn run() {}

fn alone(signal: &Signal) {
    let _ = signal.count();
}

fn beside(_: &Shutdown, _: &Signal, _: &State) -> Result<(), String> {
    Ok(())
}

#[app(start, run, on(SIGHUP = alone, SIGUSR1 = beside))]
fn main() {}

mod tasks {
    use super::*;

    async fn beside(_: &State, _: &Signal) {}

    #[app(start = super::start, on(SIGHUP = beside))]
    pub async fn main() {}
}

#[allow(dead_code)]
fn built() {
    App::new(start, Absent, Absent)
        .on(signal::SIGHUP, |signal: &Signal, _: &State| assert!(signal.count() > 0))
        .on(signal::SIGUSR1, alone)
        .main()
}

#[allow(dead_code)]
fn other() {
    tasks::main();
}
