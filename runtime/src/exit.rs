//! The way out: exit functions, and what happens when somebody calls `std::process::exit`.
//!
//! There is one way out for everybody, `exit(3)`, so that the standard library flushes its
//! streams and C code runs its own exit functions. Ours is the first that is registered and so
//! the last that is called: there a process that is to die by a signal does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use once_cell::sync::OnceCell;

use crate::children;
use crate::error::Error;
use crate::lifecycle;
use crate::report::{self, Stragglers};
use crate::shield::{self, Barrier};
use crate::shutdown;
use crate::status::Status;
use crate::sync::lock;
use crate::sys::{self, Event};

type Function = Box<dyn FnOnce() + Send>;

static FUNCTIONS: Mutex<Vec<Function>> = Mutex::new(Vec::new());

/// How the app leaves, once that is decided.
static LEAVING: OnceLock<Status> = OnceLock::new();

/// Has a function called on the way out of the process: the last registered first, each once, in
/// a shield, on every way out that lets code run. These are the normal end, `std::process::exit`, a
/// panic in a phase, and every shutdown signal; not SIGKILL, SIGQUIT, `abort`, a deadline that
/// has passed, nor an end that the user has forced.
///
/// If one panics, the others still run, and the exit status is 101. Otherwise they do not
/// change it.
///
/// # Panics
///
/// If the process has no memory left to remember it in, or no file descriptor.
///
/// ```
/// aplomb::at_exit(|| println!("second"));
/// aplomb::at_exit(|| println!("first"));
/// ```
pub fn at_exit(function: impl FnOnce() + Send + 'static) {
    prepare().expect("memory for atexit(3), and a file descriptor");
    functions().push(Box::new(function));
}

fn functions() -> std::sync::MutexGuard<'static, Vec<Function>> {
    lock(&FUNCTIONS)
}

/// That the hook is registered, and the event that it sleeps on.
static PREPARED: OnceCell<Arc<Event>> = OnceCell::new();

/// Registers the hook, once however many apps there are, and makes this process the one whose
/// signals and exit functions we look after.
///
/// # Errors
///
/// When there is no memory for it, or no descriptor; the next call tries again.
pub(crate) fn prepare() -> Result<(), Error> {
    PREPARED.get_or_try_init(|| {
        // Made now: a process that exits because it has no descriptor left must wait all the same.
        let event = Arc::new(Event::new().map_err(Error::Descriptor)?);
        sys::at_exit(hook).map_err(Error::ExitFunction)?;
        Ok(event)
    })?;
    // In a forked child the parent's exit functions are none of its business, nor are its shields.
    if sys::remember_home() {
        // Leaked: what they hold, and might give back when it is dropped, is the parent's.
        std::mem::forget(std::mem::take(&mut *functions()));
        shield::forget_other_threads();
        report::forget();
    }
    Ok(())
}

/// Ends the children, and calls the exit functions. Whether one has panicked.
pub(crate) fn run_functions() -> bool {
    children::end_all(None);
    let mut panicked = false;
    loop {
        // Not in the loop's head, where the lock would be held during the call.
        let Some(function) = functions().pop() else {
            break;
        };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(function)) {
            std::mem::forget(panic);
            panicked = true;
        }
    }
    // They may have started some.
    children::end_for_good();
    panicked
}

/// Leaves with that status: shields are over, and the exit functions have run.
pub(crate) fn leave(status: Status) -> ! {
    report::finish();
    let status = *LEAVING.get_or_init(|| status);
    std::process::exit(status.code().into())
}

/// Ends the process here and now, running nothing. Its children end first.
pub(crate) fn end_process(status: Status) -> ! {
    children::kill_all();
    report::flush();
    match status {
        Status::Code(code) => sys::exit_now(code.into()),
        Status::Signal(signal) => sys::die_by(signal),
    }
}

/// Called by `exit(3)`, as the last of all exit functions.
extern "C" fn hook() {
    // A forked child that exits has a copy of all this, but nothing in it is its own.
    if !sys::is_home() {
        return;
    }
    match LEAVING.get() {
        Some(Status::Code(_)) => {}
        Some(&Status::Signal(signal)) => {
            sys::flush_c_streams();
            sys::die_by(signal);
        }
        None => foreign_exit(),
    }
}

/// Somebody has called `std::process::exit`, or there never was an app.
fn foreign_exit() {
    shield::note_foreign_exit();
    shield::exempt_this_thread(true);
    let _shield = shield::shield("exit");
    if let Some(shutdown) = shutdown::current() {
        shutdown.events().post(lifecycle::Event::ForeignExit);
    }
    wait_for_shields();
    let panicked = run_functions();
    report::flush();
    if panicked {
        sys::flush_c_streams();
        end_process(Status::PANIC);
    }
}

/// Waits until no other thread holds a shield, naming those that do. A deadline of the app is
/// kept by its listener.
fn wait_for_shields() {
    // It is there, or the hook would not be.
    let Some(event) = PREPARED.get() else {
        return;
    };
    let began = Instant::now();
    let mut stragglers = Stragglers::new();
    let mut barrier = Barrier::all(Arc::clone(event));
    while !barrier.is_clear() {
        let next = stragglers.next().saturating_sub(began.elapsed());
        let next = barrier.look_again().map_or(next, |look| look.min(next));
        sys::wait(&[event.as_ref()], Some(next));
        event.clear();
        if stragglers.are_due(began.elapsed()) {
            for holder in barrier.holders() {
                report::waiting_for(format_args!("shield {holder}"));
            }
        }
    }
}
