//! The functions of [`at_exit`]: what is registered, and how it is called.

use std::sync::{Mutex, MutexGuard};

use super::{flush_reports, prepare, register_again};
use crate::report;
use crate::shutdown::{self, Activity};
use crate::stragglers::{Place, Straggler};
use crate::sync::lock;
use crate::sys::PerProcess;
use crate::ticks::Moment;
use crate::unwind;

type Function = Box<dyn FnOnce() + Send>;

/// The functions of [`at_exit`], in the order of their registration. A forked child has its own alone: those of the
/// parent are called by the parent.
static FUNCTIONS: PerProcess<Mutex<Functions>> = PerProcess::new(Mutex::default);

#[derive(Default)]
struct Functions {
    /// Each with the place where it was registered.
    registered: Vec<(Place, Function)>,
    /// The place of the function that is being called, and since when.
    called: Option<(Place, Moment)>,
    /// Whether one has panicked. A thread that calls `std::process::exit` while the app's thread calls them has to
    /// know, since the process may end with its code.
    panicked: bool,
    /// Whether the last hook was called. What is registered from then on needs a hook of its own.
    over: bool,
}

/// Registers a function that is called once, when the process exits. The function that was registered last is called
/// first.
///
/// The functions are called, inside a shield, on every way out that lets code run: the normal end, a panic in a phase,
/// every shutdown signal, and `std::process::exit`. They are not called when SIGKILL, SIGQUIT or `abort` ends the
/// process, when a deadline has passed, when the user has forced the end, when a signal ends the body of `main`, or
/// when other code has closed the descriptors of this library.
///
/// If a function panics, the others are called all the same, and the exit status is 101. Otherwise the functions do not
/// change the status. One that takes long is named by the place of this call.
///
/// A forked child calls those functions that it has registered itself, and none of its parent's.
///
/// A function must not need a lock that a thread may hold when it enters a shield: from the exit on such a thread waits
/// until the process has ended.
///
/// Where the app ends by itself, a function may call `std::process::exit`: the other functions are called, and the code
/// of that call is the status. Where `std::process::exit` has called the functions, a further call of it in one of them
/// makes the standard library abort the process.
///
/// Where the exit has called all functions already, as when a destructor of a thread-local value or a function of
/// `atexit(3)` registers one, that is called at once behind that destructor or function. Where C calls nothing any
/// more, a line on standard error says that it is not called, and names the place.
///
/// What C libraries have registered by `atexit(3)` before this call runs after the function. At a death by a signal,
/// what they have registered before this library was used first, such as before `main`, is not called.
///
/// ```
/// aplomb::at_exit(|| println!("second"));
/// aplomb::at_exit(|| println!("first"));
/// ```
///
/// # Panics
///
/// If the process has no memory left for another exit function (`atexit(3)`), or no file descriptor. Once a call
/// has succeeded, or an app has begun, no call panics.
#[track_caller]
pub fn at_exit(function: impl FnOnce() + Send + 'static) {
    prepare().expect("memory for atexit(3), and a file descriptor");
    let place = Place::of_caller();
    let mut functions = functions();
    functions.registered.push((place, Box::new(function)));
    let over = functions.over;
    drop(functions);
    // The hook is registered after the function. In the other order a thread that exits at this moment could call the
    // hook, and find no function.
    if !register_again() && over {
        report::line(&format!(
            "the function of `at_exit` ({place}) is not called: the exit is over"
        ));
        flush_reports();
    }
}

fn functions() -> MutexGuard<'static, Functions> {
    lock(&FUNCTIONS)
}

/// What the exit waits for: the function that is being called, if one is.
pub(super) fn straggler() -> Option<Straggler> {
    let (place, since) = functions().called?;
    Some(Straggler::new(call_of(place), since))
}

/// Whether there are functions that were not called yet.
pub(super) fn are_left() -> bool {
    !functions().registered.is_empty()
}

/// Whether a function has panicked, whichever thread has called it.
pub(super) fn have_panicked() -> bool {
    functions().panicked
}

/// Notes that the last hook was called.
pub(super) fn note_over() {
    functions().over = true;
}

/// Calls the functions that are left, the last one first. Returns whether one of these has panicked.
pub(super) fn call_all() -> bool {
    let mut panicked = false;
    while let Some((place, function)) = next_function() {
        let _called = shutdown::current().map(|app| app.begin_activity(call_of(place)));
        if let Err(panic) = unwind::call(function) {
            unwind::leak(panic);
            functions().panicked = true;
            panicked = true;
        }
    }
    panicked
}

/// Takes the function that is to be called next, and notes that it is being called.
fn next_function() -> Option<(Place, Function)> {
    let mut functions = functions();
    let next = functions.registered.pop();
    functions.called = next.as_ref().map(|(place, _)| (*place, Moment::now()));
    next
}

/// The call of the function that was registered there.
fn call_of(place: Place) -> Activity {
    let by = Activity::AT_EXIT;
    Activity::Registered { by, place }
}
