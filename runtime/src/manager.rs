//! What an app tells the service manager that it runs under.
//!
//! Without the feature `systemd` it tells nothing, and these functions do nothing. So their callers need no `cfg`.

#[cfg(feature = "systemd")]
pub(crate) use crate::systemd::{Notifier, Systemd as Settings};

#[cfg(not(feature = "systemd"))]
pub(crate) use none::*;

#[cfg(not(feature = "systemd"))]
mod none {
    use std::time::Duration;

    use crate::error::Error;
    use crate::lifecycle::Stage;
    use crate::shutdown::Shutdown;

    /// What an app has set, which is nothing.
    #[derive(Debug)]
    pub(crate) enum Settings {}

    impl Settings {
        pub(crate) fn contradiction(&self) -> Option<String> {
            match *self {}
        }
    }

    #[derive(Debug)]
    pub(crate) struct Notifier;

    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "they do something with the feature"
    )]
    impl Notifier {
        pub(crate) const fn none() -> Self {
            Notifier
        }

        pub(crate) fn begin(_: Option<Settings>, _: &Shutdown) -> Result<Self, Error> {
            Ok(Notifier)
        }

        pub(crate) fn run_begins(&mut self, _: &Shutdown) {}
        pub(crate) fn stops(&mut self) {}
        pub(crate) fn waits_for<'a>(&mut self, _: impl FnOnce() -> Vec<&'a str>) {}
        pub(crate) fn look(&mut self, _: &Shutdown, _: Stage) {}

        pub(crate) fn look_again(&self) -> Option<Duration> {
            None
        }
    }
}
