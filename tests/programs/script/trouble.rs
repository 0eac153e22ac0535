//! Code of the program's that makes trouble where it is called by the library: it panics, exits, forks,
//! or never returns.
//!
//! `case=` names the place, and `does=` says what happens there.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, RawWaker, RawWakerVTable, Wake, Waker};
use std::time::Duration;
use std::{fmt, io, thread};

use aplomb::phase::List;
use aplomb::{App, Cleanup, Shutdown, at_exit, process};
use nix::sys::signal::{Signal, raise};

use super::forked::fork_and_return;
use super::{number, option, say};

/// Makes trouble, if this is the place for it.
pub(crate) fn at(place: &str) {
    static MADE: AtomicBool = AtomicBool::new(false);
    // Once: a second panic during the first one would be the end in any program.
    if !is_at(place) || MADE.swap(true, Ordering::SeqCst) {
        return;
    }
    say(format!("in {place}"));
    match option("does").expect("does= says what happens") {
        "panic" => panic!("trouble in {place}"),
        "exit" => std::process::exit(3),
        "fork" => fork_and_return(place),
        "block" => loop {
            thread::park();
        },
        other => panic!("no such trouble: {other}"),
    }
}

pub(crate) fn is_at(place: &str) -> bool {
    option("case") == Some(place)
}

/// Makes trouble when it is dropped.
pub(crate) struct Trouble(pub(crate) &'static str);

impl Drop for Trouble {
    fn drop(&mut self) {
        at(self.0);
    }
}

/// Makes trouble when it is printed, or when it is dropped.
pub(crate) struct Fault;

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        at("debug");
        f.write_str("a fault")
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        at("error");
    }
}

/// The value of the body, and the state: each makes trouble when it is dropped.
pub(crate) struct Config(#[expect(dead_code, reason = "it is dropped")] Trouble);
pub(crate) struct State(#[expect(dead_code, reason = "it is dropped")] Trouble);

pub(crate) fn body() -> Config {
    in_hook();
    in_thread_local();
    at("body");
    Config(Trouble("config"))
}

/// What `start` does, but for what it pushes as a task.
pub(crate) fn started(cleanup: &mut Cleanup, shutdown: &Shutdown) -> State {
    at_exit(|| at("at-exit"));
    shutdown.on_request(|| at("on-request"));
    shutdown.on_signal(|_| at("on-signal"));
    cleanup.push("step", (), |()| at("step"));
    at("start");
    State(Trouble("state"))
}

/// Runs the app, with the limit of `deadline=`. With `embedded=yes` in a program that goes on, and ends as the app has.
pub(crate) fn live<L: List>(app: App<L>) -> ! {
    at_exit(|| say("bye"));
    let app = limited(app);
    if option("embedded").is_none() {
        app.main()
    }
    let ended = app.run().expect("it is the only one");
    say("after the app");
    ended.status.exit()
}

/// With the limit of `deadline=`.
fn limited<L: List>(app: App<L>) -> App<L> {
    match option("deadline") {
        Some(limit) => app.deadline(Duration::from_millis(number(limit))),
        None => app,
    }
}

/// Has a thread-local value make trouble when the current thread ends.
fn in_thread_local() {
    thread_local!(static LOCAL: Trouble = const { Trouble("local") });
    LOCAL.with(|_| ());
}

/// Has the panic hook make trouble.
fn in_hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        before(info);
        at("hook");
    }));
}

/// A waker that makes trouble when it is woken.
struct Woken;

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        at("wake");
    }
}

/// A waker that makes trouble when it is woken, cloned, or dropped.
fn waker() -> Waker {
    const TABLE: RawWakerVTable = RawWakerVTable::new(
        |data| {
            at("clone");
            RawWaker::new(data, &TABLE)
        },
        |_| {},
        |_| {},
        |_| at("waker"),
    );
    if is_at("wake") {
        return Waker::from(Arc::new(Woken));
    }
    #[allow(
        unsafe_code,
        reason = "no safe waker can make trouble when it is cloned"
    )]
    // SAFETY: the functions do nothing with the data, which is none, and may be called on any thread.
    unsafe {
        Waker::from_raw(RawWaker::new(std::ptr::null(), &TABLE))
    }
}

/// Starts a child whose step between fork and exec makes trouble.
fn spawn() {
    let mut command = Command::new("true");
    let step = || {
        at("pre-exec");
        Ok::<(), io::Error>(())
    };
    #[allow(
        unsafe_code,
        reason = "what happens between fork and exec is the point of it"
    )]
    // SAFETY: the step is a mistake of the program's, and the row is about what it leads to.
    unsafe {
        command.pre_exec(step);
    }
    let started = process::spawn(command);
    say(format!("started {}", started.is_ok()));
}

/// What `run` does at its beginning.
pub(crate) fn begin(shutdown: &Shutdown) -> Result<(), Fault> {
    if ["wake", "clone", "waker"].into_iter().any(is_at) {
        let waker = waker();
        let mut cancelled = Box::pin(shutdown.clone().cancelled_owned());
        let polled = cancelled.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending(), "nothing is requested");
        if is_at("wake") {
            // The future stays among those who wait, and is woken at the cancellation.
            std::mem::forget(cancelled);
        }
    }
    if is_at("signal") {
        raise(Signal::SIGUSR1).expect("a thread may signal itself");
    }
    if is_at("pre-exec") {
        spawn();
    }
    assert!(!is_at("hook"), "for the hook");
    if is_at("debug") || is_at("error") {
        return Err(Fault);
    }
    Ok(())
}
