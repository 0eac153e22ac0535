//! How an app has ended that is a part of a larger program.

use std::process::{ExitCode, Termination};

use crate::exit;
use crate::shutdown::Reason;
use crate::signal::Signal;
use crate::status::Status;
use crate::timeline::Timeline;

/// How an app has ended that is a part of a larger program. [`App::run`](crate::App::run) returns this.
///
/// A `main` that returns it ends the process as the app has ended: with that code, or by the signal, as
/// [`Status::exit`] does.
///
/// ```standalone_crate
/// use aplomb::{Absent, App, Error, Outcome};
///
/// fn main() -> Result<Outcome, Error> {
///     let ended = App::new(Absent, || (), Absent).run()?;
///     println!("the rest of the program");
///     Ok(ended)
/// }
/// ```
///
/// ```standalone_crate
/// use aplomb::{Absent, App, Reason, Status};
///
/// let ended = App::new(Absent, || Err::<(), _>("no luck"), Absent).run()?;
/// assert_eq!(ended.status, Status::Code(1));
/// assert_eq!(ended.reason, Some(Reason::Failed));
/// assert!(ended.signals.is_empty());
/// # Ok::<(), aplomb::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The status that the process would have ended with, had the app been the whole program.
    pub status: Status,
    /// What began the shutdown: the first cause counts.
    pub reason: Option<Reason>,
    /// The shutdown signals that have arrived, each once, in the order of their arrival.
    pub signals: Vec<Signal>,
    pub(super) timeline: Timeline,
}

impl Outcome {
    /// What the stop has spent its time on.
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App};
    ///
    /// let ended = App::new(Absent, || (), Absent).run()?;
    /// println!("{}", ended.timeline());
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }
}

impl Termination for Outcome {
    fn report(self) -> ExitCode {
        match self.status {
            Status::Code(code) => {
                exit::flush_if_asked();
                ExitCode::from(code)
            }
            // The code that `main` returns cannot say this, so the process ends here.
            Status::Signal(_) => self.status.exit(),
        }
    }
}
