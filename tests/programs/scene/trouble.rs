//! An app of threads in which one of all the calls of the program's code makes trouble.

use aplomb::signal::{SIGUSR1, SIGUSR2};
use aplomb::{App, Cleanup, Shutdown};

use crate::script::say;
use crate::script::trouble::{Config, Fault, State, Trouble, at, begin, body, live, started};

#[allow(clippy::unnecessary_wraps, reason = "a `start` returns a `Result`")]
fn start(_: &Config, cleanup: &mut Cleanup, shutdown: &Shutdown) -> Result<State, Fault> {
    Ok(started(cleanup, shutdown))
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
    let app = App::body(|| Ok::<_, Fault>(body()))
        .phases(start, run, stop)
        .on(SIGUSR1, || at("signal"))
        .on(SIGUSR2, move || {
            let _ = &captured;
        });
    live(app)
}
