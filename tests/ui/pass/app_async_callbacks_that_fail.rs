//! Functions that signals call in an async app, of every shape, with and without an error.
#![deny(warnings)]
#![forbid(unsafe_code)]

use aplomb::signal::{SIGHUP, SIGUSR1, SIGUSR2};
use aplomb::{Absent, App, Cancelled, Executor, Shutdown, app};
use std::{error::Error, io};

#[app(start, run, on(
    SIGHUP = nothing,
    SIGUSR1 = handle,
    SIGUSR2 = state,
    SIGWINCH = both,
    SIGALRM = plain,
    SIGCHLD = never,
))]
async fn main();

async fn start() -> Result<u8, String> {
    Ok(7)
}

async fn run(_: &u8) {
    let _ = by_hand;
}

/// An app with such functions can be made of closures, too.
fn by_hand() {
    App::executor(Executor::tokio())
        .phases(start, run, Absent)
        .on(SIGHUP, async |_: &u8| Err("no luck"))
        .on(SIGUSR1, async || panic!("no luck"))
        .on(SIGUSR2, async |shutdown: &Shutdown| shutdown.checkpoint())
        .main()
}

async fn nothing() -> Result<(), &'static str> {
    Err("no luck")
}

async fn handle(shutdown: &Shutdown) -> Result<(), Cancelled> {
    shutdown.run_until_cancelled(async {}).await
}

async fn state(state: &u8) -> Result<(), Box<dyn Error>> {
    if *state > 7 {
        return Err("too much".into());
    }
    Ok(())
}

async fn both(_: &u8, shutdown: &Shutdown) -> io::Result<()> {
    shutdown.checkpoint()?;
    Ok(())
}

async fn plain(state: &u8) {
    assert_eq!(*state, 7);
}

async fn never() -> ! {
    panic!("it is not sent")
}
