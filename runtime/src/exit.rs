//! The way out: the exit functions, and what happens when a thread calls `std::process::exit`.
//!
//! An app leaves by `exit(3)`, as every program does. So the standard library flushes its streams, and C calls the
//! exit functions. This library registers two functions with `atexit(3)`. C calls such functions in the reverse order
//! of their registration.
//!
//! - The *last hook* is registered once, and early, so it is called after those of the program. A process that is to
//!   die by a signal dies there, when everything was flushed.
//! - The *first hook* is for a thread that has called `std::process::exit`. There the thread waits for the shields of
//!   the other threads, and calls the exit functions. These may need what C libraries clean up in functions of their
//!   own. So the first hook is registered again and again, and is called before what those have registered until then.
//!
//! Code that runs in the exit may register further exit functions. Each registration brings another first hook, which C
//! calls next.

use std::cell::Cell;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use once_cell::sync::OnceCell;

use crate::children;
use crate::error::Error;
use crate::lifecycle::{Event, Stage};
use crate::observe::{self, EventKind};
use crate::report;
use crate::shield::{self, shield};
use crate::shutdown;
use crate::status::Status;
use crate::stragglers::{Straggler, Stragglers};
use crate::sync::hand_over;
use crate::sys::{self, PerProcess, Process};

mod functions;
mod rest;

pub use functions::at_exit;
use rest::Rest;
pub(crate) use rest::may_wait_for_a_stream;

/// The status with which the app leaves, once it does. Unset where a thread has called `std::process::exit` by itself.
static LEAVING: PerProcess<OnceLock<Status>> = PerProcess::new(OnceLock::new);

/// What the exit functions wait for at this moment: one of them, or children.
pub(crate) fn stragglers() -> Vec<Straggler> {
    let mut all = children::stragglers();
    all.extend(last_straggler());
    all
}

/// What the exit waits for, once the children have ended: one of the functions, or what comes behind our own lines.
/// (While these are waited for, nothing can be said.)
pub(crate) fn last_straggler() -> Option<Straggler> {
    functions::straggler().or_else(rest::straggler)
}

/// Set once the last hook is registered: the process that exits by the hooks. A child that shares our memory, as that
/// of `vfork(2)`, is another one.
///
/// A forked child inherits the registrations, but not this value. As long as it has not asked for the hooks by itself,
/// they do nothing there.
static PREPARED: PerProcess<OnceCell<Process>> = PerProcess::new(OnceCell::new);

/// Registers the last hook, once however many apps there are.
///
/// # Errors
///
/// When there is no memory for the hook, or no file descriptor. The next call tries again.
pub(crate) fn prepare() -> Result<(), Error> {
    sys::on_closed_descriptor(descriptors_are_closed);
    // The standard library makes its standard output where that is used first, and looks for it at the exit. A child
    // that is forked meanwhile would wait there for ever.
    let _ = io::stdout();
    shield::prepare_exit().map_err(Error::Descriptor)?;
    PREPARED.get_or_try_init(|| {
        sys::at_exit_with_status(last_hook).map_err(Error::ExitFunction)?;
        Ok(Process::current())
    })?;
    Ok(())
}

/// Registers the first hook once more, so that it is called before what C libraries have registered until now. Returns
/// whether that was possible. Where it was not, as without memory for it, those that were registered before do its
/// work.
pub(crate) fn register_again() -> bool {
    // In a forked child that lacks threads of its parent one of these may have held the lock of `atexit(3)`.
    !sys::is_cut_off() && sys::at_exit(first_hook).is_ok()
}

/// Ends the children, and calls the exit functions. Returns whether one has panicked, also one that another thread has
/// called.
pub(crate) fn run_functions() -> bool {
    // The children end first: an exit function may give back what they use, such as a temporary directory.
    children::end_all(None);
    functions::call_all();
    // The functions may have started children. These end as well, and none is started any more.
    children::end_for_good();
    functions::have_panicked()
}

/// Leaves with this status, after the last shield has ended and the exit functions were called.
pub(crate) fn leave(status: Status) -> ! {
    // The process may end in the hook, so what is to be printed is waited for before that. What a reporter does not
    // take is printed.
    observe::flush();
    report::finish();
    let status = *LEAVING.get_or_init(|| status);
    // Registered last, so it is called first. Without memory for it, the last hook says the same.
    let _ = sys::at_exit(rest::note_functions);
    rest::note(Rest::StandardLibrary);
    std::process::exit(status.code().into())
}

const LOST: &str = "a stream takes nothing: what was not written to it yet is lost";

/// Ends the process although a stream takes nothing, with the status that the exit has.
pub(crate) fn leave_streams_behind() -> ! {
    report::line(LOST);
    let status = match (LEAVING.get(), rest::now()) {
        (Some(status), _) => *status,
        // `exit` takes a status apart like this, too.
        (None, Some(Rest::CStreams { status: Some(code) })) => Status::Code(code.to_le_bytes()[0]),
        (None, _) => Status::FAILURE,
    };
    end_process(status)
}

/// Flushes the streams of C in a process that does not get to where `exit(3)` does it.
fn flush_c_streams() {
    if !sys::flush_c_streams() && !sys::stdout_is_writable() {
        report::line(LOST);
        flush_reports();
    }
}

/// Whether somebody has asked for the end of the last app after which the process has gone on.
static ASKED: PerProcess<AtomicBool> = PerProcess::new(AtomicBool::default);

/// An app has ended, and the process goes on. `asked` is whether somebody has asked for that end.
pub(crate) fn note_asked(asked: bool) {
    // Relaxed: the flag publishes nothing, and who ends the process has seen the app's end.
    ASKED.store(asked, Ordering::Relaxed);
}

/// Flushes standard output before a process ends as its app has. Where somebody has asked for the end, nobody waits for
/// long for a reader.
pub(crate) fn flush_if_asked() {
    // Relaxed: as in `note_asked`.
    if ASKED.load(Ordering::Relaxed) && !sys::flush_stdout() && !sys::stdout_is_writable() {
        report::line(LOST);
    }
}

thread_local! {
    /// The signal by which this thread ends the process, where it does so by [`Status::exit`], and that process. An
    /// exit function may fork, and the child may exit with a code.
    static DIES_BY: Cell<Option<(Process, i32)>> = const { Cell::new(None) };
}

impl Status {
    /// Ends the process with this status, by an exit or by the signal.
    ///
    /// This is for the end of a program that an app was a part of, after [`App::run`](crate::App::run). Before the
    /// process ends, everything happens that [`std::process::exit`] leads to: the shields of other threads are waited
    /// for, the functions of [`at_exit`] are called, and the streams are flushed. Where somebody has asked the app to
    /// end, standard output that takes nothing is waited for no longer than a second. If such a function panics the
    /// process exits with 101. While an app is running, neither its `stop` nor its destructors run: ask for its end by
    /// [`request_exit`](crate::Shutdown::request_exit).
    ///
    /// PID 1 cannot die by a signal, and exits with 128 + n, where n is the signal's number. So does every process
    /// where the signal is one that ends none, as SIGCHLD, or that stops it, as SIGSTOP. With a number that is no
    /// signal's it exits with 1.
    ///
    /// ```no_run
    /// use aplomb::{Absent, App, Shutdown};
    ///
    /// let ended = App::new(Absent, |shutdown: &Shutdown| shutdown.wait(), Absent).run()?;
    /// println!("the rest of the program");
    /// ended.status.exit()
    /// # ; Ok::<(), aplomb::Error>(())
    /// ```
    pub fn exit(self) -> ! {
        flush_if_asked();
        if let Status::Signal(signal) = self {
            // Without the hook, for which the system may have no memory, the process exits with the signal's code.
            if prepare().is_ok() {
                DIES_BY.with(|own| own.set(Some((Process::current(), signal))));
            }
        }
        std::process::exit(self.code().into())
    }
}

/// Ends the process at once: no exit function is called, and nothing is flushed but our own reports. The children are
/// killed before.
pub(crate) fn end_process(status: Status) -> ! {
    explain();
    flush_reports();
    // As late as possible: the other threads of the program go on until the process ends, and would act on the ends of
    // children, as by telling a client that its job has failed.
    children::kill_all();
    match status {
        Status::Code(code) => sys::exit_now(code.into()),
        Status::Signal(signal) => sys::die_by(signal),
    }
}

/// Prints the picture of the stop, if the app is to explain it. Returns whether it was.
pub(crate) fn explain() -> bool {
    let app = shutdown::current();
    let timeline = app.and_then(|app| app.take_explanation());
    if let Some(timeline) = &timeline {
        report::picture(timeline);
    }
    timeline.is_some()
}

/// Ends the process, since other code has closed descriptors of ours.
fn descriptors_are_closed() {
    const WORDS: &str = "other code has closed the file descriptors of this library, as `close_range` does, so no thread would \
                         wake any more: the program ends; close descriptors in `main`, before the app begins";
    // On a thread of its own, since the caller may hold any lock.
    let end = |()| {
        report::failure(WORDS);
        end_process(Status::FAILURE)
    };
    if hand_over("aplomb-closed", (), end).is_err() {
        report::failure_at_once(WORDS);
        sys::exit_now(Status::FAILURE.code().into());
    }
}

/// Waits a moment until all was told and written, for a process that ends now.
fn flush_reports() {
    observe::flush();
    // What a reporter does not take is printed: so this comes second.
    report::flush();
}

/// Returns whether this process exits by the hooks, and not only its parent.
fn is_prepared() -> bool {
    PREPARED.get().is_some_and(|home| home.is_current())
}

/// Called by `exit(3)`, before what C libraries had registered when `start` ended; and once for each further
/// registration.
extern "C" fn first_hook() {
    static CONDUCTED: PerProcess<AtomicBool> = PerProcess::new(AtomicBool::default);
    if !is_prepared() {
        return;
    }
    // Relaxed: only the thread that exits comes here.
    if LEAVING.get().is_none() && !CONDUCTED.swap(true, Ordering::Relaxed) {
        foreign_exit();
    } else {
        call_late_functions();
    }
}

/// Calls the functions that were registered after the exit had called the others: by a destructor of a thread-local
/// value, by a function of `atexit(3)`, or on another thread.
fn call_late_functions() {
    if !functions::are_left() {
        return;
    }
    // The functions see no request.
    let _shield = shield("exit");
    if shutdown::current().is_none() {
        name_stragglers();
    }
    if functions::call_all() {
        end_for_panic();
    }
}

/// Ends the process because an exit function has panicked while `exit(3)` is under way with another status, which
/// cannot be changed any more.
fn end_for_panic() -> ! {
    flush_reports();
    flush_c_streams();
    end_process(match LEAVING.get() {
        // A deadline counts more than a panic.
        Some(&Status::DEADLINE) => Status::DEADLINE,
        _ => Status::PANIC,
    })
}

/// Called by `exit(3)`, as the last of the exit functions.
fn last_hook(status: Option<i32>) {
    if !is_prepared() {
        return;
    }
    // This is noted before the last look: what is registered before the note is found, and who registers after it
    // knows.
    functions::note_over();
    first_hook();
    if let Some(&leaving) = LEAVING.get() {
        let other = status.is_some_and(|status| status != leaving.code().into());
        if other && functions::have_panicked() {
            // A thread has called `std::process::exit` as the app's thread was about to leave, and its code would be
            // the status. A panic counts more, and what the app leaves with tells of it, or of a deadline, which counts
            // more still.
            sys::flush_c_streams();
            end_process(leaving);
        }
    }
    let dies_by = match LEAVING.get() {
        Some(Status::Code(_)) => None,
        Some(&Status::Signal(signal)) => Some(signal),
        None => {
            let dies_by = DIES_BY
                .with(Cell::get)
                .filter(|(home, _)| home.is_current());
            dies_by.map(|(_, signal)| signal)
        }
    };
    tell_of_end(dies_by, status);
    if let Some(signal) = dies_by {
        // `exit(3)` flushes the streams of C after the last exit function, and does not get there when the process dies
        // here.
        flush_c_streams();
        sys::die_by(signal);
    }
    sys::restore_modes();
    rest::note(Rest::CStreams { status });
}

/// Says what is to be said of the end: this is the last moment for that, since what follows are the streams of C alone.
fn tell_of_end(dies_by: Option<i32>, status: Option<i32>) {
    let Some(app) = shutdown::current() else {
        return;
    };
    app.record().end();
    let mut is_said = explain();
    if LEAVING.get().is_none() {
        // Other code has called `exit`: the app itself has told nobody how it leaves.
        let code = status.map(|status| Status::Code(status.to_le_bytes()[0]));
        if let Some(status) = dies_by.map(Status::Signal).or(code) {
            observe::tell(|| EventKind::Leaving(status));
            is_said = true;
        }
    }
    if is_said {
        flush_reports();
    }
}

/// The exit of a process whose end the app does not conduct: a thread has called `std::process::exit`, or there is no
/// app.
fn foreign_exit() {
    let app = shutdown::current();
    let post = |event| {
        if let Some(shutdown) = &app {
            shutdown.events().post(event);
        }
    };
    sys::allow_background_changes();
    if let Some(shutdown) = &app {
        // The listener notes it, too, but the exit functions may look before.
        shutdown.note_stage(Stage::Foreign);
    }
    // From here on the listener leaves the end to this thread, but keeps the limits of the app.
    post(Event::ForeignExit);
    shield::wait_for_others();
    post(Event::ForeignShieldsClear);
    // The functions see no request.
    let _shield = shield("exit");
    if app.is_none() {
        name_stragglers();
    }
    let panicked = run_functions();
    flush_reports();
    if panicked {
        end_for_panic();
    }
    rest::note(Rest::Functions);
}

/// Names what the exit functions wait for, on a thread of its own, where no listener does it. Where there is nothing to
/// wait for, no thread is started.
fn name_stragglers() {
    static NAMED: PerProcess<AtomicBool> = PerProcess::new(AtomicBool::default);
    let nothing = || !functions::are_left() && !children::are_there();
    // In a forked child that lacks threads of its parent no thread is started which it can do without.
    if sys::is_cut_off() || nothing() {
        return;
    }
    // Relaxed: only the thread that exits comes here.
    if NAMED.swap(true, Ordering::Relaxed) {
        return;
    }
    let name = |()| {
        let mut names = Stragglers::new();
        // The end of the process ends this thread.
        loop {
            names.name_due(stragglers());
            thread::sleep(names.look_again());
        }
    };
    // Where the system has no thread left, nothing is named.
    let _ = hand_over("aplomb-names", (), name);
}
