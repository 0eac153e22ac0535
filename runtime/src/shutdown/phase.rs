//! How far the app is, for probes and metrics.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

use super::Shutdown;
use crate::lifecycle::Stage;

/// How far an app is: what [`Shutdown::phase`] tells, in the order in which they follow each other.
///
/// An app may leave some of them out. One that does not drain goes from `Running` to `Stopping`, and one whose `start`
/// fails never runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The body of `main` or `start` runs.
    Starting,
    /// `run` runs, and nobody has asked for its end: the app is ready.
    Running,
    /// The request was made, and `run` goes on until the [drain time](crate::App::drain) is over.
    Draining,
    /// `run` is cancelled, or has ended; or `stop` runs, or what undoes a failed `start`.
    Stopping,
    /// The process, or the embedded app, is on its way out: shields that are left are waited for, exit functions are
    /// called. That is so after `stop`, and without it where code has called `std::process::exit` or the end is forced.
    Leaving,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Starting => "starting",
            Phase::Running => "running",
            Phase::Draining => "draining",
            Phase::Stopping => "stopping",
            Phase::Leaving => "leaving",
        })
    }
}

/// The stage that the app has reached, as the listener has noted it.
#[derive(Debug)]
pub(super) struct Reached(AtomicU8);

const STARTING: u8 = 0;
const RUNNING: u8 = 1;
const STOPPING: u8 = 2;
const LEAVING: u8 = 3;

impl Reached {
    /// For an app that begins.
    pub(super) fn starting() -> Self {
        Reached(AtomicU8::new(STARTING))
    }

    /// For a handle that belongs to no app.
    pub(super) fn running() -> Self {
        Reached(AtomicU8::new(RUNNING))
    }
}

impl Shutdown {
    /// How far the app is. A readiness probe is `phase() == Phase::Running`.
    ///
    /// No shield hides this. What is told may be over by the time that it is looked at; only a later phase can have
    /// come. This costs two relaxed atomic loads.
    ///
    /// ```
    /// use aplomb::Phase;
    ///
    /// # let shutdown = aplomb::Shutdown::new();
    /// assert_eq!(shutdown.phase(), Phase::Running);
    /// shutdown.request("an example");
    /// assert_eq!(shutdown.phase(), Phase::Stopping);
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        // Relaxed, here and below: the number publishes no other memory. It is read before the word, whose changes come
        // in `run`: a phase that was over in between is told as one that follows it, and never as one before.
        match self.shared.reached.0.load(Ordering::Relaxed) {
            STARTING => Phase::Starting,
            RUNNING => {
                let word = self.inbox().word();
                match (word.is_requested(), word.cancelled()) {
                    (false, _) => Phase::Running,
                    (true, false) => Phase::Draining,
                    (true, true) => Phase::Stopping,
                }
            }
            STOPPING => Phase::Stopping,
            _ => Phase::Leaving,
        }
    }

    /// Notes which stage the app has reached. The listener calls this, and who has called `std::process::exit`.
    pub(crate) fn note_stage(&self, stage: Stage) {
        let reached = match stage {
            Stage::Body | Stage::Start => STARTING,
            Stage::Run => RUNNING,
            Stage::Settle | Stage::Stop => STOPPING,
            Stage::Exit | Stage::Force(_) | Stage::Foreign | Stage::Leaving | Stage::Over => {
                LEAVING
            }
        };
        // The later one stays: the listener may not have heard of an exit yet.
        self.shared.reached.0.fetch_max(reached, Ordering::Relaxed);
        self.tell_phase();
    }
}
