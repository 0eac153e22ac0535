//! What is left of an exit, behind our exit functions: the standard library and C end it, and tell nobody how far they
//! are.

use std::sync::Mutex;

use crate::stragglers::Straggler;
use crate::sync::lock;
use crate::sys::{self, PerProcess};
use crate::ticks::Moment;

/// What is left of an exit, behind our exit functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// The standard library flushes standard output, before the exit functions of C.
    StandardLibrary,
    /// C calls functions of others.
    Functions,
    /// C flushes its streams, after these functions. Some that were registered before `main` may run before that.
    CStreams {
        /// The status that `exit` was called with, where the system tells.
        status: Option<i32>,
    },
}

/// What the exit has come to, and since when. The lock is held for a copy, and nothing else is locked meanwhile.
static REST: PerProcess<Mutex<Option<(Rest, Moment)>>> = PerProcess::new(Mutex::default);

pub(super) fn note(rest: Rest) {
    *lock(&REST) = Some((rest, Moment::now()));
}

/// What the exit has come to.
pub(super) fn now() -> Option<Rest> {
    lock(&REST).map(|(rest, _)| rest)
}

/// Notes that the standard library has flushed. C calls this as the first of its functions.
pub(super) extern "C" fn note_functions() {
    note(Rest::Functions);
}

/// Returns whether the exit is under way, and a stream may keep it from its end. The answer is exact where that stream
/// is standard output, and has a pipe or terminal that takes nothing.
pub(crate) fn may_wait_for_a_stream() -> bool {
    match now() {
        None | Some(Rest::Functions) => false,
        Some(Rest::StandardLibrary) => !sys::stdout_is_writable(),
        Some(Rest::CStreams { .. }) => true,
    }
}

/// What the exit waits for, behind our exit functions.
pub(super) fn straggler() -> Option<Straggler> {
    let (rest, since) = (*lock(&REST))?;
    let what = match rest {
        Rest::Functions => "a function of `atexit(3)`",
        _ if !sys::stdout_is_writable() => "a reader of standard output",
        // C calls these after that flush, and before its functions.
        Rest::StandardLibrary => "a destructor of a thread-local value",
        Rest::CStreams { .. } => "a reader of a stream of C",
    };
    Some(Straggler::new(what, since))
}
