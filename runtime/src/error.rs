//! The errors: why an app cannot begin ([`Error`]), and what the user's functions return (`Failure`, `Cancelled`).

use std::error;
use std::fmt;
use std::io;

use crate::signal::Named;

mod cancelled;
mod failure;

pub use cancelled::Cancelled;
pub use failure::CallbackOutput;
pub(crate) use failure::Failure;

/// Why an app could not begin. None of the app's functions has been called then.
///
/// `Debug` prints the same words as `Display`, since a `main` that returns an `Err` prints it with `Debug`.
///
/// ```standalone_crate
/// use aplomb::{Absent, App, Error, signal::SIGTERM};
///
/// let app = App::new(Absent, || (), Absent).signals(&[SIGTERM, SIGTERM]);
/// let error = app.run().unwrap_err();
/// assert!(matches!(error, Error::Twice { signal: SIGTERM }));
/// assert_eq!(error.to_string(), "SIGTERM is named twice");
/// assert_eq!(format!("{error:?}"), "SIGTERM is named twice");
/// ```
#[non_exhaustive]
pub enum Error {
    /// Another app is running in this process.
    Live,
    /// The app was to begin inside a [shield](crate::shield()), or in a `#[shielded]` function. Its end would wait for
    /// that shield, which cannot end before the app has.
    InShield,
    /// This process is a forked child of one that had other threads.
    ///
    /// The child has a copy of the memory, and of the threads only the one that has forked. What the others were about
    /// to do is left half-done, and the locks that they held are never given back, also in the standard library and in
    /// libc. So such a child may only become another program (`fork(2)`). Fork before the first thread: before
    /// [`App::main`](crate::App::main).
    ///
    /// That the parent had no other thread is known where it has used this library before the fork, and is learned on
    /// Linux and Android alone. Elsewhere such a child counts as one of a process with threads.
    Forked,
    /// The handler of a signal cannot be registered.
    ///
    /// These are the reasons: there is no such signal; no process can catch the signal (SIGKILL, SIGSTOP); the signal
    /// reports a fault and cannot be deferred (such as SIGSEGV); as a shutdown signal it would never come (SIGPIPE), or
    /// does not ask a process to end (such as SIGCHLD); or the system refuses with an error of its own
    /// (`sigaction(2)`).
    Signal {
        /// The number of the signal.
        signal: i32,
        /// Which of these reasons it is, in words.
        source: io::Error,
    },
    /// A signal is named twice among the shutdown signals, or has two functions.
    Twice {
        /// The number of the signal.
        signal: i32,
    },
    /// The app has more than eight shutdown signals. The order of their arrival is kept for so many.
    TooManySignals,
    /// Two options contradict each other, such as a `drain` that is as long as the `deadline`. The text says which two,
    /// and what to change.
    Contradiction(String),
    /// The system cannot make a file descriptor for the app.
    Descriptor(io::Error),
    /// Orphans cannot be reaped, since this system, or the thread that the app is run on, cannot tell them from other
    /// children.
    Orphans(io::Error),
    /// The app's thread cannot be started.
    Thread(io::Error),
    /// The exit function cannot be registered.
    ExitFunction(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Live => f.write_str(
                "another app is live in this process: begin this one when that has ended, or make both components of one app",
            ),
            Error::InShield => f.write_str(
                "an app cannot begin inside a shield, since its end would wait for that shield: begin it outside",
            ),
            Error::Forked => f.write_str(
                "this is a forked child of a process with threads, in which no app can begin: \
                 exec, or fork before `App::main`",
            ),
            Error::Signal { signal, source } => {
                write!(f, "cannot register a handler for {}: {source}", Named(*signal))
            }
            Error::Twice { signal } => {
                write!(f, "{} is named twice", Named(*signal))
            }
            Error::TooManySignals => f.write_str("an app has at most eight shutdown signals"),
            Error::Contradiction(words) => f.write_str(words),
            Error::Descriptor(source) => write!(f, "cannot make a file descriptor: {source}"),
            Error::Orphans(source) => write!(f, "cannot reap orphans: {source}"),
            Error::Thread(source) => write!(f, "cannot start the app's thread: {source}"),
            Error::ExitFunction(source) => {
                write!(f, "cannot register an exit function: {source}")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Error::Live
            | Error::InShield
            | Error::Forked
            | Error::Twice { .. }
            | Error::TooManySignals
            | Error::Contradiction(_) => None,
            Error::Signal { source, .. }
            | Error::Descriptor(source)
            | Error::Orphans(source)
            | Error::Thread(source)
            | Error::ExitFunction(source) => Some(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::SIGTERM;

    fn all() -> [Error; 11] {
        let source = || io::Error::other("no luck");
        [
            Error::Live,
            Error::InShield,
            Error::Forked,
            Error::Signal {
                signal: SIGTERM,
                source: source(),
            },
            Error::Twice { signal: SIGTERM },
            Error::TooManySignals,
            Error::Contradiction("one contradicts the other".into()),
            Error::Descriptor(source()),
            Error::Orphans(source()),
            Error::Thread(source()),
            Error::ExitFunction(source()),
        ]
    }

    #[test]
    fn a_main_that_returns_one_prints_its_words() {
        for error in all() {
            assert_eq!(format!("{error:?}"), error.to_string());
            assert_eq!(format!("{error:#?}"), error.to_string());
        }
    }
}
