//! Functions that are called by the app panic: by a signal, at the request, at the exit.

use aplomb::{Shutdown, app};

use crate::async_script::perform;
use crate::script::say;

async fn start(shutdown: &Shutdown) {
    say("S+");
    let _ = perform("start", shutdown).await;
}

async fn run(shutdown: &Shutdown) {
    say("R+");
    let _ = perform("run", shutdown).await;
    say("R-");
}

async fn stop() {
    say("P+");
    say("P-");
}

async fn boom() {
    say("boom");
    panic!("boom of on");
}

async fn calm() {
    say("calm");
}

#[app(start, run, stop, on(SIGUSR1 = boom, SIGUSR2 = calm))]
pub(crate) async fn main() {}
