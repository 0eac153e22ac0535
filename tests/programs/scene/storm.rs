//! Eight threads allocate, print and poll, while signals come as fast as they can be sent.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use aplomb::{Shutdown, app};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::AsFd;

use crate::script::plain::log_names;
use crate::script::say;

static ENOUGH: AtomicBool = AtomicBool::new(false);
static ROUNDS: AtomicU64 = AtomicU64::new(0);
static INTERRUPTED: AtomicU64 = AtomicU64::new(0);
static CALLS: AtomicU64 = AtomicU64::new(0);
/// From here on each call is said.
static ALOUD: AtomicBool = AtomicBool::new(false);

fn work(shutdown: &Shutdown) {
    let (silent, _writer) = io::pipe().expect("there are pipes");
    let millisecond = PollTimeout::from(1_u8);
    while !ENOUGH.load(Ordering::Relaxed) {
        let mut numbers: Vec<String> = (0..50).map(|number| format!("{number:>10}")).collect();
        numbers.sort_by(|one, other| other.cmp(one));
        let _ = write!(io::stderr().lock(), ".");
        let mut nothing = [PollFd::new(silent.as_fd(), PollFlags::POLLIN)];
        if poll(&mut nothing, millisecond) == Err(Errno::EINTR) {
            INTERRUPTED.fetch_add(1, Ordering::Relaxed);
        }
        let _ = shutdown.checkpoint();
        let _shield = aplomb::shield("a round");
        drop(numbers);
        ROUNDS.fetch_add(1, Ordering::Relaxed);
    }
}

fn line() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("stdin is a pipe");
}

fn start(shutdown: &Shutdown) -> io::Result<Vec<JoinHandle<()>>> {
    let worker = |_| {
        let shutdown = shutdown.clone();
        thread::Builder::new().spawn(move || work(&shutdown))
    };
    (0..8).map(worker).collect()
}

fn run(_: &Vec<JoinHandle<()>>, shutdown: &Shutdown) {
    shutdown.on_request(|| say("requested"));
    say("R+");
    line();
    say(format!("called {}", CALLS.load(Ordering::SeqCst)));
    ALOUD.store(true, Ordering::SeqCst);
    say("aloud");
    line();
    log_names(shutdown);
}

fn stop(workers: Vec<JoinHandle<()>>) {
    say("P+");
    ENOUGH.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.join().expect("workers do not panic");
    }
    say(format!("rounds {}", ROUNDS.load(Ordering::SeqCst)));
    say(format!(
        "interrupted {}",
        INTERRUPTED.load(Ordering::SeqCst)
    ));
    say("P-");
}

fn called() {
    CALLS.fetch_add(1, Ordering::SeqCst);
    if ALOUD.load(Ordering::SeqCst) {
        say("called aloud");
    }
}

#[app(start, run, stop, on(SIGUSR1 = called))]
pub(crate) fn main() {}
