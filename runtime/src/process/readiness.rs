//! Whether a child is ready that is to say so ([`SpawnOptions::ready_within`]), and what comes of it when the child
//! does not.
//!
//! [`SpawnOptions::ready_within`]: super::SpawnOptions::ready_within

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::shutdown::Waiters;
use crate::sys::{Event, ReadyReader, ReadyWriter, Said, ready_pipe};

/// What is there as long as a child is that is to say that it is ready.
pub(super) struct Starting {
    pub(super) limit: Duration,
    pub(super) reader: Arc<ReadyReader>,
    /// Readable when it is decided whether the child is ready.
    pub(super) decided: Event,
    /// The tasks that wait until that is decided.
    pub(super) waiters: Waiters,
}

impl Starting {
    /// Makes this, and the end that the child gets.
    ///
    /// # Errors
    ///
    /// When no descriptor is left.
    pub(super) fn new(limit: Duration) -> io::Result<(Self, ReadyWriter)> {
        let (reader, writer) = ready_pipe()?;
        let starting = Starting {
            limit,
            reader: Arc::new(reader),
            decided: Event::new()?,
            waiters: Waiters::new(1),
        };
        Ok((starting, writer))
    }
}

/// Whether a child is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readiness {
    /// The child has said so, or nobody wants to know.
    Ready,
    /// The child has until then. `silent` means that nobody has the other end of its pipe any more.
    Awaited {
        until: Option<Instant>,
        silent: bool,
    },
    /// The child is not ready, and is killed.
    Failed(Why),
}

/// Why a child is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The child has ended.
    Ended,
    /// The child has closed the descriptor without a word.
    Closed,
    /// The time is up.
    Late,
}

/// A child closes all its descriptors a moment before it has ended. This is how long that moment may take.
const MOMENT: Duration = Duration::from_millis(100);

impl Readiness {
    /// Returns what becomes of this. `has_ended` was asked for before the pipe was: what the child has said is in the
    /// pipe then.
    pub(super) fn after(self, has_ended: bool, said: Said, now: Instant) -> Readiness {
        let Readiness::Awaited { until, silent } = self else {
            return self;
        };
        let is_late = until.is_some_and(|until| until <= now);
        match said {
            Said::Ready => Readiness::Ready,
            _ if has_ended => Readiness::Failed(Why::Ended),
            _ if is_late && silent => Readiness::Failed(Why::Closed),
            _ if is_late => Readiness::Failed(Why::Late),
            Said::Never if !silent => {
                let end = now + MOMENT;
                Readiness::Awaited {
                    until: Some(until.map_or(end, |until| until.min(end))),
                    silent: true,
                }
            }
            Said::Never | Said::Nothing => self,
        }
    }
}

/// Why a child could not be started that was to be [ready within](super::SpawnOptions::ready_within) a time: it was
/// not. This is what the [`io::Error`] of such a start holds.
///
/// ```ignore-windows
/// use aplomb::process::{NotReady, SpawnOptions};
/// use std::{process::Command, time::Duration};
///
/// let options = SpawnOptions::new().ready_within(Duration::from_secs(10));
/// let error = options.spawn(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
/// let held = error.get_ref().and_then(|held| held.downcast_ref::<NotReady>());
/// assert_eq!(held.unwrap().status().unwrap().code(), Some(3));
/// ```
pub struct NotReady {
    pub(super) child: String,
    pub(super) why: Why,
    pub(super) limit: Duration,
    pub(super) status: Option<ExitStatus>,
}

impl NotReady {
    /// How the child has ended: by itself, or killed. `None` where that is not known, as of a child that has become
    /// another user's.
    #[must_use]
    pub fn status(&self) -> Option<ExitStatus> {
        self.status
    }
}

/// The kind is [`TimedOut`](io::ErrorKind::TimedOut), if the child has not said in time that it is ready.
impl From<NotReady> for io::Error {
    fn from(error: NotReady) -> Self {
        let kind = match error.why {
            Why::Late => io::ErrorKind::TimedOut,
            Why::Ended | Why::Closed => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

impl Error for NotReady {}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotReady { child, limit, .. } = self;
        match self.why {
            Why::Ended => write!(f, "{child} has ended before it was ready")?,
            Why::Closed => write!(f, "{child} has closed its ready descriptor without a word")?,
            Why::Late => write!(f, "{child} was not ready within {limit:?}")?,
        }
        match self.status {
            Some(status) => write!(f, ": {status}"),
            None => Ok(()),
        }
    }
}

/// Writes the words of `Display`, since an `Err` of a phase is printed with this.
impl fmt::Debug for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_of_it() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let awaited = |until, silent| Readiness::Awaited {
            until: Some(until),
            silent,
        };
        let waits = awaited(later, false);
        let silent = awaited(now + MOMENT, true);
        for (before, ended, said, after) in [
            (waits, false, Said::Nothing, waits),
            (waits, false, Said::Ready, Readiness::Ready),
            // A word counts also where the child has ended behind it, or comes late.
            (waits, true, Said::Ready, Readiness::Ready),
            (awaited(now, false), false, Said::Ready, Readiness::Ready),
            (waits, true, Said::Nothing, Readiness::Failed(Why::Ended)),
            (waits, true, Said::Never, Readiness::Failed(Why::Ended)),
            (
                awaited(now, false),
                false,
                Said::Nothing,
                Readiness::Failed(Why::Late),
            ),
            (waits, false, Said::Never, silent),
            (silent, false, Said::Never, silent),
            (silent, true, Said::Never, Readiness::Failed(Why::Ended)),
            (
                awaited(now, true),
                false,
                Said::Never,
                Readiness::Failed(Why::Closed),
            ),
            (Readiness::Ready, true, Said::Never, Readiness::Ready),
        ] {
            assert_eq!(before.after(ended, said, now), after, "{before:?} {said:?}");
        }
    }
}
