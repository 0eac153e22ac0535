//! SIGHUP reloads; each phase waits for a line.

use aplomb::{Shutdown, app};

use crate::script::{Failure, option, perform, say};

#[derive(Debug)]
struct State;

fn start(shutdown: &Shutdown) -> Result<State, Failure> {
    say("S+");
    perform("start", shutdown)?;
    say("S-");
    Ok(State)
}

fn run(_: &State, shutdown: &Shutdown) {
    say("R+");
    let _ = perform("run", shutdown);
    say("R-");
}

fn stop(_: State, shutdown: &Shutdown) {
    say("P+");
    let _ = perform("stop", shutdown);
    say("P-");
}

fn reload(_: &State, shutdown: &Shutdown) {
    say("reload+");
    if option("reload").is_some() {
        let _ = perform("reload", shutdown);
    }
    say("reload-");
}

#[app(start, run, stop, on(SIGHUP = reload))]
pub(crate) fn main() {}
