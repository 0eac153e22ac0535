//! Functions that signals call, of every shape, with and without an error.
#![deny(warnings)]
#![forbid(unsafe_code)]

use aplomb::signal::{SIGHUP, SIGUSR1, SIGUSR2};
use aplomb::{Absent, App, Cancelled, Shutdown, app};
use std::{error::Error, io};

#[app(start, run, on(
    SIGHUP = nothing,
    SIGUSR1 = handle,
    SIGUSR2 = state,
    SIGWINCH = both,
    SIGALRM = plain,
    SIGCHLD = never,
    SIGURG = generic::<String>,
))]
fn main();

fn start() -> Result<u8, String> {
    Ok(7)
}

fn run(_: &u8) {
    let _ = by_hand;
}

/// By closures.
fn by_hand() {
    App::new(start, run, Absent)
        .on(SIGHUP, |_: &u8| Err("no luck"))
        .on(SIGUSR1, || panic!("no luck"))
        .on(SIGUSR2, |shutdown: &Shutdown| shutdown.checkpoint())
        .main()
}

fn nothing() -> Result<(), &'static str> {
    Err("no luck")
}

fn handle(shutdown: &Shutdown) -> Result<(), Cancelled> {
    shutdown.checkpoint()
}

fn state(state: &u8) -> Result<(), Box<dyn Error>> {
    if *state > 7 {
        return Err("too much".into());
    }
    Ok(())
}

fn both(_: &u8, shutdown: &Shutdown) -> io::Result<()> {
    shutdown.checkpoint()?;
    Ok(())
}

fn plain(state: &u8) {
    assert_eq!(*state, 7);
}

fn never() -> ! {
    panic!("it is not sent")
}

fn generic<T: Default>(_: &u8) -> Result<(), Vec<T>>
where
    T: std::fmt::Debug + 'static,
{
    Err(vec![T::default()])
}
