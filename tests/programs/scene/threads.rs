//! Signals that go to one thread of the app: `to=` says to which.

use std::os::unix::thread::JoinHandleExt;
use std::sync::mpsc;
use std::thread;

use aplomb::{Shutdown, app};
use nix::sys::pthread::{Pthread, pthread_kill};
use nix::sys::signal::{Signal, raise};

use crate::script::plain::log_names;
use crate::script::{option, say};

fn run(shutdown: &Shutdown) {
    match option("to") {
        Some("itself") => raise(Signal::SIGTERM).expect("a thread may signal itself"),
        Some("worker") => {
            let (end, wait_for_end) = mpsc::channel::<()>();
            let worker = thread::spawn(move || wait_for_end.recv());
            // A number for the standard library; for the C library a number or a pointer (musl).
            let id = worker.as_pthread_t() as Pthread;
            pthread_kill(id, Signal::SIGTERM).expect("the worker lives");
            shutdown.wait();
            drop(end);
            let _ = worker.join();
        }
        Some("shielded") => {
            let _shield = aplomb::shield("raises");
            raise(Signal::SIGTERM).expect("a thread may signal itself");
            say(format!("checkpoint {:?}", shutdown.checkpoint()));
        }
        other => panic!("to whom? {other:?}"),
    }
    shutdown.wait();
    log_names(shutdown);
}

fn stop() {
    say("P+");
}

#[app(run, stop)]
pub(crate) fn main() {}
