//! How long the parts of an app may take, and the rules by which such limits exclude each other.

use std::time::Duration;

use super::contradiction::{Contradiction, contradiction};

/// How long the parts of an app may take. `None` stands for an option that is not set.
///
/// The options of the app set these. Where configuration decides, a function changes them that
/// [`Builder::limits`](crate::Builder::limits) names, or `limits = path` in the attribute: after the body of `main`,
/// and before `start`.
///
/// ```no_run
/// use aplomb::{Absent, App, Limits};
/// use std::time::Duration;
///
/// struct Config { shutdown_grace: Duration }
///
/// impl Config {
/// #   fn read() -> std::io::Result<Self> { Ok(Config { shutdown_grace: Duration::from_secs(25) }) }
///     fn limits(&self, limits: &mut Limits) {
///         limits.deadline = Some(self.shutdown_grace);
///         limits.drain = Some(self.shutdown_grace / 5);
///     }
/// }
///
/// App::body(Config::read).limits(Config::limits).phases(Absent, || (), Absent).main();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Limits {
    /// How long `start` may take: [`App::timeout_start`](crate::App::timeout_start).
    pub timeout_start: Option<Duration>,
    /// How long `run` may take from the request on: [`App::timeout_run`](crate::App::timeout_run).
    pub timeout_run: Option<Duration>,
    /// How long `stop` may take: [`App::timeout_stop`](crate::App::timeout_stop).
    pub timeout_stop: Option<Duration>,
    /// How long the whole shutdown may take: [`App::deadline`](crate::App::deadline).
    pub deadline: Option<Duration>,
    /// How long after the request `run` is cancelled: [`App::drain`](crate::App::drain).
    pub drain: Option<Duration>,
    /// How long after the cancellation the `run` of an async app is dropped: [`App::grace`](crate::App::grace).
    pub grace: Option<Duration>,
    /// How long `std::process::exit` waits for shields: [`App::exit_wait`](crate::App::exit_wait).
    pub exit_wait: Option<Duration>,
    /// How long a stop may take without being explained: [`App::explain`](crate::App::explain).
    pub explain: Option<Duration>,
}

impl Limits {
    /// The limits of an app that sets none.
    #[doc(hidden)]
    pub const NONE: Limits = Limits {
        timeout_start: None,
        timeout_run: None,
        timeout_stop: None,
        deadline: None,
        drain: None,
        grace: None,
        exit_wait: None,
        explain: None,
    };

    /// The first contradiction between these limits, in words. `is_async` is whether this is an async app.
    pub(super) fn contradiction(&self, is_async: bool) -> Option<String> {
        let named = self.named();
        if let Some((name, _)) = named
            .iter()
            .find(|(_, limit)| *limit == Some(Duration::ZERO))
        {
            return Some(format!(
                "`{name}` is zero, which leaves no time: leave it out where there is to be no limit"
            ));
        }
        if self.grace.is_some() && !is_async {
            let words = "`grace` is for an async app, since a `run` of threads cannot be dropped: limit it by `timeout(run)`";
            return Some(words.into());
        }
        let contradiction = self.drain_contradiction();
        let found = contradiction.or(self.grace_contradiction())?;
        // Where they come from configuration nobody sees them together.
        let set = named
            .iter()
            .filter_map(|(name, limit)| Some(format!("`{name}` is {:?}", (*limit)?)));
        let set: Vec<_> = set.collect();
        Some(format!("{}; here {}", found.sentence, set.join(", ")))
    }

    fn named(&self) -> [(&'static str, Option<Duration>); 7] {
        [
            ("timeout(start)", self.timeout_start),
            ("timeout(run)", self.timeout_run),
            ("timeout(stop)", self.timeout_stop),
            ("deadline", self.deadline),
            ("drain", self.drain),
            ("grace", self.grace),
            ("exit_wait", self.exit_wait),
        ]
    }

    /// How much of `deadline` is kept for `stop`: as long as `stop` may take, if that is less than the whole, or else a
    /// quarter.
    pub(super) const fn kept_for_stop(&self) -> Option<Duration> {
        let Some(deadline) = self.deadline else {
            return None;
        };
        match self.timeout_stop {
            Some(stop) if stop.as_nanos() < deadline.as_nanos() => Some(stop),
            _ => deadline.checked_div(4),
        }
    }

    /// How much of `deadline` `run` may take.
    pub(super) const fn room(&self) -> Option<Duration> {
        match (self.deadline, self.kept_for_stop()) {
            (Some(deadline), Some(kept)) => deadline.checked_sub(kept),
            _ => None,
        }
    }

    pub(super) const fn drain_contradiction(&self) -> Option<Contradiction> {
        let Some(drain) = self.drain else {
            return None;
        };
        if leaves_nothing(drain, self.room()) {
            return Some(contradiction!(
                "`drain` leaves `run` nothing of `deadline`",
                "`run` hears of the request when `drain` is over, and `timeout(stop)`, or a quarter, of `deadline` is kept for `stop`; \
                 make `drain` shorter"
            ));
        }
        if leaves_nothing(drain, self.timeout_run) {
            return Some(contradiction!(
                "`drain` leaves nothing of `timeout(run)`",
                "both begin with the request, and `run` hears of it when `drain` is over; make `drain` shorter"
            ));
        }
        None
    }

    pub(super) const fn grace_contradiction(&self) -> Option<Contradiction> {
        let Some(grace) = self.grace else {
            return None;
        };
        let end = match self.drain {
            Some(drain) => grace.saturating_add(drain),
            None => grace,
        };
        if leaves_nothing(end, self.timeout_run) {
            return Some(contradiction!(
                "`grace` is not over when `timeout(run)` is",
                "`timeout(run)` begins with the request, and `grace` when `run` is cancelled, after `drain`; make `grace` shorter"
            ));
        }
        if leaves_nothing(end, self.room()) {
            return Some(contradiction!(
                "`grace` is not over when `run` has had its part of `deadline`",
                "`deadline` begins with the request, and `grace` when `run` is cancelled, after `drain`; \
                 `timeout(stop)`, or a quarter, of `deadline` is kept for `stop`; make `grace` shorter"
            ));
        }
        None
    }
}

/// Whether a limit is over by the time that is given. Both begin with the request.
const fn leaves_nothing(end: Duration, limit: Option<Duration>) -> bool {
    match limit {
        Some(limit) => limit.as_nanos() <= end.as_nanos(),
        None => false,
    }
}
