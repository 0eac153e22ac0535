#![deny(warnings)]
#![forbid(unsafe_code)]

use aplomb::{Shutdown, app};

#[app(
    start,
    run,
    stop,
    signals(SIGINT, SIGTERM, SIGQUIT, SIGALRM, SIGXCPU, SIGUSR2,),
    on(SIGHUP = reload, SIGUSR1 = log::rotate, SIGCHLD = reap, SIGWINCH = resize),
    timeout(start = "1h2m3s4ms", run = "10s", stop = "250ms"),
    deadline = "1m30s",
    drain = "5s",
    exit_wait = "1m",
    explain = "500ms",
    systemd(check = is_healthy, extend = "5m", ready = "announced",),
    force_after = 3,
    reap_orphans,
    terminal = "restore",
    exit = "code",
    report = "stderr",
    crate = ::aplomb,
)]
fn main();

fn start() -> Result<String, std::io::Error> {
    Ok("state".into())
}

fn run(state: &String, _: &Shutdown) {
    assert_eq!(state, "state");
}

fn stop(state: String, _: &Shutdown) -> Result<(), std::io::Error> {
    drop(state);
    Ok(())
}

fn is_healthy() -> bool {
    true
}

fn reload(_: &String) {}

mod log {
    pub fn rotate(_: &String, _: &aplomb::Shutdown) {}
}

fn reap() {}

fn resize(_: &Shutdown) {}
