//! The picture of a stop that goes on.

use super::Shutdown;
use crate::shield;
use crate::timeline::{Timeline, ago};

impl Shutdown {
    /// What the stop has spent its time on so far, and what it waits for. `None` before the stop, for a handle that
    /// belongs to no app, and in a forked child. A function of [`on_request`](Self::on_request) may be called a moment
    /// before the app has begun to stop: it finds `None` then.
    ///
    /// [`Outcome::timeline`](crate::Outcome::timeline) tells of the whole stop, in a program that goes on after the
    /// app. The option [`explain`](crate::App::explain) prints it.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// shutdown.on_signal({
    ///     let shutdown = shutdown.clone();
    ///     move |signal| {
    ///         if let Some(timeline) = shutdown.timeline() {
    ///             eprintln!("{signal}: {timeline}");
    ///         }
    ///     }
    /// });
    /// ```
    #[must_use]
    pub fn timeline(&self) -> Option<Timeline> {
        if !self.inbox().is_home() {
            return None;
        }
        let mut going_on = Vec::new();
        for (activity, since) in self.activities() {
            if !activity.is_stretch() {
                going_on.push((activity.to_string(), ago(since.elapsed())));
            }
        }
        for info in shield::pending() {
            if let Some(what) = info.in_picture() {
                going_on.push((what, ago(info.since().elapsed())));
            }
        }
        let why = self.reason().map(|reason| reason.to_string());
        self.record().picture(why.unwrap_or_default(), going_on)
    }

    /// The picture of the stop, if it is to be printed now, at the end: once, if the stop took long.
    pub(crate) fn take_explanation(&self) -> Option<Timeline> {
        if self.inbox().is_home() && self.record().take_explain() {
            self.timeline()
        } else {
            None
        }
    }
}
