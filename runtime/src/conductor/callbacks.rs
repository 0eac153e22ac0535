//! Functions that signals call while `run` runs.

use std::io;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::error::Failure;
use crate::phase::Call;
use crate::shutdown::Shutdown;
use crate::status::End;
use crate::sys::{self, Interest};
use crate::unwind::{discard_all, judge};

/// Runs `run`, with a thread beside it that calls the callbacks whose signals come; without
/// callbacks there is no thread.
///
/// The thread lives as long as `run`, so what the callbacks borrow of the state is theirs for
/// exactly as long as it is `run`'s. One that is being called when `run` ends is waited for.
pub(super) fn with_callbacks(
    callbacks: Vec<Call<'_>>,
    shutdown: &Shutdown,
    run: impl FnOnce() -> Result<End, Failure>,
) -> Result<End, Failure> {
    if callbacks.is_empty() {
        return run();
    }
    let over = &AtomicBool::new(false);
    thread::scope(|scope| {
        let spawned = thread::Builder::new()
            .name("aplomb-callbacks".into())
            .spawn_scoped(scope, move || serve(callbacks, over, shutdown));
        if let Err(error) = spawned {
            let error = format!("cannot start the thread of the signals' functions: {error}");
            return Err(Failure::new(io::Error::other(error)));
        }
        // However `run` ends: the scope waits for the thread.
        let _tell = TellOver { over, shutdown };
        run()
    })
}

struct TellOver<'a> {
    over: &'a AtomicBool,
    shutdown: &'a Shutdown,
}

impl Drop for TellOver<'_> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.shutdown.shared_inbox().callbacks_event().set();
    }
}

fn serve(callbacks: Vec<Call<'_>>, over: &AtomicBool, shutdown: &Shutdown) {
    call(&callbacks, over, shutdown);
    if discard_all(callbacks) == End::Panicked {
        shutdown.note_panic();
    }
}

fn call(callbacks: &[Call<'_>], over: &AtomicBool, shutdown: &Shutdown) {
    let inbox = shutdown.shared_inbox();
    loop {
        let due = inbox.take_due();
        for (position, callback) in callbacks.iter().enumerate() {
            if over.load(Ordering::SeqCst) {
                return;
            }
            if due & (1 << position) == 0 {
                continue;
            }
            let returned = catch_unwind(AssertUnwindSafe(callback));
            note_callback(returned, shutdown);
        }
        if over.load(Ordering::SeqCst) {
            return;
        }
        sys::doze(&[(inbox.callbacks_event().as_fd(), Interest::Read)], None);
    }
}

/// Notes how a function has ended that a signal has called: what is not well there ends the app, too.
pub(super) fn note_callback(returned: thread::Result<Result<(), Failure>>, shutdown: &Shutdown) {
    match judge(returned, shutdown.requested()) {
        (End::Failed, _) => shutdown.note_failure(),
        (End::Panicked, _) => shutdown.note_panic(),
        (End::Done | End::Code(_) | End::Cancelled, _) => {}
    }
}
