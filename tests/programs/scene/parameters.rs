//! Functions ask for things in another order than the usual one, and in other ways.

use std::convert::Infallible;

use aplomb::{Absent, App, Cleanup, Shutdown};

use crate::script::{option, say};

struct Config(u8);

struct State(Vec<u8>);

impl Drop for State {
    fn drop(&mut self) {
        say(format!("dropped {:?}", self.0));
    }
}

#[allow(clippy::unnecessary_wraps, reason = "others may fail")]
fn body() -> Result<Config, Infallible> {
    Ok(Config(1))
}

#[allow(clippy::unnecessary_wraps, reason = "others may fail")]
fn start(cleanup: &mut Cleanup, _: &Shutdown, config: &Config) -> Result<State, Infallible> {
    cleanup.push("step", (), |()| say("undone"));
    Ok(State(vec![config.0]))
}

/// `run` changes the state that `start` has made, and then requests the end.
fn run(config: &Config, shutdown: &Shutdown, state: &mut State) {
    state.0.push(config.0 + 1);
    shutdown.request("done");
}

/// `stop` only borrows the state, so it is dropped after `stop`.
fn stop(config: &Config, state: &State, shutdown: &Shutdown) {
    assert!(shutdown.is_requested());
    say(format!("P+ {} {:?}", config.0, state.0));
}

#[allow(clippy::unnecessary_wraps, reason = "others may fail")]
fn start_with(_: &Shutdown, Config(number): Config, _: &mut Cleanup) -> Result<State, Infallible> {
    Ok(State(vec![number]))
}

struct Counter(u8);

impl Counter {
    #[allow(clippy::unnecessary_wraps, reason = "others may fail")]
    fn start(config: &Config) -> Result<Self, Infallible> {
        Ok(Self(config.0))
    }

    /// `run` may borrow the counter mutably, since no other component asks for it.
    fn run(&mut self, state: &State) {
        self.0 += 10;
        say(format!("counter R+ {:?}", state.0));
    }

    fn stop(_: &Shutdown, Self(number): Self, state: &State) {
        say(format!("counter P+ {number} {:?}", state.0));
    }
}

pub(crate) fn main() {
    match option("case") {
        Some("order") => App::body(body).phases(start, run, stop).main(),
        // Here `run` takes the state by value. So `stop` can ask only for what there is besides the state.
        Some("taken") => App::body(body)
            .phases(
                start_with,
                |_: &Shutdown, state: State| say(format!("R+ {:?}", state.0)),
                |shutdown: &Shutdown| say(format!("P+ {}", shutdown.is_requested())),
            )
            .main(),
        Some("components") => App::body(body)
            .components()
            .with("state", start, Absent, stop)
            .with("counter", Counter::start, Counter::run, Counter::stop)
            .main(),
        other => panic!("no such case: {other:?}"),
    }
}
