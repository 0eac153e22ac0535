//! An app of threads in which one of all the calls of the program's code makes trouble.

use std::time::Duration;

use aplomb::signal::{SIGUSR1, SIGUSR2};
use aplomb::{App, Cleanup, Shutdown, at_exit};

use crate::script::trouble::{Fault, Trouble, at, begin, in_hook, in_thread_local};
use crate::script::{number, option, say};

struct Config(#[expect(dead_code, reason = "it is dropped")] Trouble);
struct State(#[expect(dead_code, reason = "it is dropped")] Trouble);

fn body() -> Config {
    at_exit(|| say("bye"));
    in_hook();
    in_thread_local();
    at("body");
    Config(Trouble("config"))
}

#[allow(clippy::unnecessary_wraps, reason = "a `start` returns a `Result`")]
fn start(_: &Config, cleanup: &mut Cleanup, shutdown: &Shutdown) -> Result<State, Fault> {
    at_exit(|| at("at-exit"));
    shutdown.on_request(|| at("on-request"));
    cleanup.push("step", (), |()| at("step"));
    at("start");
    Ok(State(Trouble("state")))
}

fn run(_: &State, shutdown: &Shutdown) -> Result<(), Fault> {
    say("R+");
    at("run");
    begin(shutdown)?;
    say("begun");
    shutdown.wait();
    Ok(())
}

fn stop(_: &State) {
    say("P+");
    at("stop");
}

pub(crate) fn main() {
    let captured = Trouble("captured");
    let mut app = App::body(|| Ok::<_, Fault>(body()))
        .phases(start, run, stop)
        .on(SIGUSR1, || at("signal"))
        .on(SIGUSR2, move || {
            let _ = &captured;
        });
    if let Some(limit) = option("deadline") {
        app = app.deadline(Duration::from_millis(number(limit)));
    }
    app.main()
}
