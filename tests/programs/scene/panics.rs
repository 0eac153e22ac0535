//! Functions that are called by the app panic: by a signal, at the request, at the exit.

use aplomb::{Shutdown, app};

use crate::script::{perform, say};

fn start(shutdown: &Shutdown) {
    say("S+");
    let _ = perform("start", shutdown);
}

fn run(shutdown: &Shutdown) {
    say("R+");
    let _ = perform("run", shutdown);
    say("R-");
}

fn stop() {
    say("P+");
    say("P-");
}

fn boom() {
    say("boom");
    panic!("boom of on");
}

fn calm() {
    say("calm");
}

#[app(start, run, stop, on(SIGUSR1 = boom, SIGUSR2 = calm))]
pub(crate) fn main() {}
