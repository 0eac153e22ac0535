//! What can keep an app from beginning.

use std::error;
use std::fmt;
use std::io;

use crate::signal::Signal;

mod cancelled;
mod failure;

pub use cancelled::Cancelled;
pub use failure::CallbackOutput;
pub(crate) use failure::Failure;

/// Why an app could not begin. Nothing of the user's has run then.
///
/// Its `Debug` is its words too, since that is what a `main` prints that returns it.
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
    /// Another app is live in this process.
    Live,
    /// The handler of this signal cannot be registered: there is no such signal; no process can catch it, as
    /// SIGKILL and SIGSTOP; it reports a fault, as SIGSEGV, and cannot be deferred; as a shutdown signal it would
    /// never come, as SIGPIPE, or does not ask a process to end, as SIGCHLD; or the system has another reason.
    Signal {
        /// The number of the signal.
        signal: i32,
        /// Which of these it is, in words.
        source: io::Error,
    },
    /// A signal has two roles: it is named twice.
    Twice {
        /// The number of the signal.
        signal: i32,
    },
    /// More shutdown signals than an app may have, which are eight.
    TooManySignals,
    /// Two options contradict each other, such as a `drain` that is as long as the `deadline`: which, in words.
    Contradiction(&'static str),
    /// A file descriptor cannot be made.
    Descriptor(io::Error),
    /// Orphans cannot be reaped: here they cannot be told from other children.
    Orphans(io::Error),
    /// The app's thread cannot be started.
    Thread(io::Error),
    /// The exit function cannot be registered.
    ExitFunction(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Live => f.write_str("another app is live in this process"),
            Error::Signal { signal, source } => {
                let signal = Signal::new(*signal, None);
                write!(f, "cannot register a handler for {signal}: {source}")
            }
            Error::Twice { signal } => {
                write!(f, "{} is named twice", Signal::new(*signal, None))
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

/// What `main` prints of the `Err` that it returns.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Error::Live | Error::Twice { .. } | Error::TooManySignals | Error::Contradiction(_) => {
                None
            }
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

    fn all() -> [Error; 9] {
        let source = || io::Error::other("no luck");
        [
            Error::Live,
            Error::Signal {
                signal: SIGTERM,
                source: source(),
            },
            Error::Twice { signal: SIGTERM },
            Error::TooManySignals,
            Error::Contradiction("one contradicts the other"),
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
