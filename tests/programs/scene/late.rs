//! A worker wants to enter a shield when the exit has begun already.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

use aplomb::app;

use crate::script::say;

static TRIES: AtomicBool = AtomicBool::new(false);
static IS_IN: AtomicBool = AtomicBool::new(false);
static WORKER: AtomicI32 = AtomicI32::new(0);

fn start() {
    let (exit_began, wait_for_exit) = mpsc::channel::<()>();
    thread::spawn(move || {
        WORKER.store(nix::unistd::gettid().as_raw(), Ordering::SeqCst);
        wait_for_exit.recv().expect("the exit function lives");
        TRIES.store(true, Ordering::SeqCst);
        let _shield = aplomb::shield("late");
        IS_IN.store(true, Ordering::SeqCst);
        say("begun");
    });
    aplomb::at_exit(move || exit(&exit_began));
}

/// Ends when the worker is in the shield, or sleeps because it is not let in.
fn exit(exit_began: &Sender<()>) {
    say("exit+");
    exit_began.send(()).expect("the worker lives");
    let is_held_back = || TRIES.load(Ordering::SeqCst) && worker_sleeps();
    while !(IS_IN.load(Ordering::SeqCst) || is_held_back()) {
        thread::yield_now();
    }
    say("exit-");
}

fn worker_sleeps() -> bool {
    let worker = WORKER.load(Ordering::SeqCst);
    let stat = fs::read_to_string(format!("/proc/self/task/{worker}/stat"));
    stat.is_ok_and(|stat| {
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| rest.starts_with(" S"))
    })
}

fn run() {
    say("R+");
}

fn stop() {
    say("P+");
}

#[app(start, run, stop)]
pub(crate) fn main() {}
