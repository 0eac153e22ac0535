//! The options of an app, and the rules by which they exclude each other.

use std::time::Duration;

use crate::signal::{SIGHUP, SIGINT, SIGTERM};
use crate::status::ExitPolicy;
use crate::sys;

/// Two options that contradict each other.
#[derive(Clone, Copy)]
struct Contradiction {
    /// The text of [`Error::Contradiction`](crate::Error::Contradiction), for an app that cannot begin.
    sentence: &'static str,
    /// The text of the compiler's error: what is wrong, and what to write instead.
    refusal: &'static str,
}

/// Makes both texts from the same words. This is a macro, since a `const fn` cannot concatenate its arguments.
macro_rules! contradiction {
    ($problem:literal, $help:literal) => {
        Contradiction {
            sentence: concat!($problem, ": ", $help),
            refusal: concat!($problem, "\n\nhelp: ", $help),
        }
    };
}

/// The options of an app. The attribute writes a constant of this type.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Options {
    pub signals: &'static [i32],
    pub timeout_start: Option<Duration>,
    pub timeout_run: Option<Duration>,
    pub timeout_stop: Option<Duration>,
    pub deadline: Option<Duration>,
    pub drain: Option<Duration>,
    pub grace: Option<Duration>,
    pub exit_wait: Option<Duration>,
    pub force_after: Option<u8>,
    pub reap_orphans: bool,
    pub restore_terminal: bool,
    pub exit: ExitPolicy,
}

impl Options {
    /// The options of an app that sets none.
    #[doc(hidden)]
    pub const DEFAULT: Options = Options {
        signals: &[SIGINT, SIGTERM, SIGHUP],
        timeout_start: None,
        timeout_run: None,
        timeout_stop: None,
        deadline: None,
        drain: None,
        grace: None,
        exit_wait: None,
        force_after: None,
        reap_orphans: false,
        restore_terminal: false,
        exit: ExitPolicy::Signal,
    };

    /// Checks the option `drain`. The attribute calls this in a constant, at the place of the key, so that the panic is
    /// a compile error there.
    ///
    /// # Panics
    ///
    /// If `run` would be given up before it is cancelled.
    #[doc(hidden)]
    #[track_caller]
    pub const fn check_drain(&self) {
        if let Some(contradiction) = self.drain_contradiction() {
            panic!("{}", contradiction.refusal);
        }
    }

    /// Checks the option `grace`. The attribute calls this in a constant, at the place of the key, so that the panic is
    /// a compile error there.
    ///
    /// # Panics
    ///
    /// If `run` would be given up for another reason before its grace is over.
    #[doc(hidden)]
    #[track_caller]
    pub const fn check_grace(&self) {
        if let Some(contradiction) = self.grace_contradiction() {
            panic!("{}", contradiction.refusal);
        }
    }

    /// Checks the option `force_after`. The attribute calls this in a constant, at the place of the key, so that the
    /// panic is a compile error there. `functions` are the signals that call a function of the user's.
    ///
    /// # Panics
    ///
    /// If SIGINT is no shutdown signal. `force_after` counts SIGINTs, so it would never have an effect.
    #[doc(hidden)]
    #[track_caller]
    pub const fn check_force_after(&self, functions: &[i32]) {
        if let Some(contradiction) = self.force_after_contradiction(functions) {
            panic!("{}", contradiction.refusal);
        }
    }

    /// Checks the option `reap_orphans`. The attribute calls this in a constant, at the place of the key, so that the panic is
    /// a compile error there. (An app that is made by hand cannot begin.)
    ///
    /// # Panics
    ///
    /// If the system has no orphans.
    #[doc(hidden)]
    #[track_caller]
    pub const fn check_reap_orphans(&self) {
        if let (true, Some(refusal)) = (self.reap_orphans, sys::NO_ORPHANS) {
            panic!("{}", refusal);
        }
    }

    /// The first contradiction between these options, in words. `functions` are the signals that call a function of the
    /// user's, and `is_async` is whether this is an async app.
    pub(super) fn contradiction(&self, functions: &[i32], is_async: bool) -> Option<&'static str> {
        if self.force_after == Some(1) {
            return Some(
                "the first SIGINT asks for the shutdown, it cannot force it: count from the second, `force_after(2)`",
            );
        }
        if self.limits().contains(&Some(Duration::ZERO)) {
            return Some(
                "a limit of zero leaves no time: leave the option out where there is to be no limit",
            );
        }
        if self.grace.is_some() && !is_async {
            return Some(
                "`grace` is for an async app, since a `run` of threads cannot be dropped: limit it by `timeout_run`",
            );
        }
        let contradiction = self.drain_contradiction();
        let contradiction = contradiction.or(self.grace_contradiction());
        let contradiction = contradiction.or(self.force_after_contradiction(functions));
        contradiction.map(|found| found.sentence)
    }

    fn limits(&self) -> [Option<Duration>; 7] {
        [
            self.timeout_start,
            self.timeout_run,
            self.timeout_stop,
            self.deadline,
            self.drain,
            self.grace,
            self.exit_wait,
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

    const fn drain_contradiction(&self) -> Option<Contradiction> {
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

    const fn grace_contradiction(&self) -> Option<Contradiction> {
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

    const fn force_after_contradiction(&self, functions: &[i32]) -> Option<Contradiction> {
        let counts = matches!(self.force_after, Some(1..));
        if !counts || (has(self.signals, SIGINT) && !has(functions, SIGINT)) {
            return None;
        }
        Some(contradiction!(
            "`force_after` counts SIGINT, which is no shutdown signal here",
            "add `SIGINT` to `signals`, or remove the key"
        ))
    }
}

/// Whether a limit is over by the time that is given. Both begin with the request.
const fn leaves_nothing(end: Duration, limit: Option<Duration>) -> bool {
    match limit {
        Some(limit) => limit.as_nanos() <= end.as_nanos(),
        None => false,
    }
}

/// Whether the slice has this signal. `slice::contains` is no `const fn`.
const fn has(signals: &[i32], wanted: i32) -> bool {
    let mut rest = signals;
    while let [signal, more @ ..] = rest {
        if *signal == wanted {
            return true;
        }
        rest = more;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    const TEN: Option<Duration> = Some(Duration::from_secs(10));
    const NINE: Option<Duration> = Some(Duration::from_millis(9_999));

    fn refusal(check: impl FnOnce() + std::panic::UnwindSafe) -> Option<String> {
        let refused = catch_unwind(check).err()?;
        Some(*refused.downcast::<String>().expect("words"))
    }

    /// The attribute refuses these as they are written, so there is no constant for them.
    #[test]
    fn what_the_attribute_refuses_the_builder_refuses_too() {
        let zero = Some(Duration::ZERO);
        let default = Options::DEFAULT;
        let wrong = [
            Options {
                force_after: Some(1),
                ..default
            },
            Options {
                timeout_start: zero,
                ..default
            },
            Options {
                timeout_run: zero,
                ..default
            },
            Options {
                timeout_stop: zero,
                ..default
            },
            Options {
                deadline: zero,
                ..default
            },
            Options {
                drain: zero,
                ..default
            },
            Options {
                grace: zero,
                ..default
            },
            Options {
                exit_wait: zero,
                ..default
            },
        ];
        for options in wrong {
            assert!(options.contradiction(&[], true).is_some(), "{options:?}");
        }
        assert_eq!(default.contradiction(&[], true), None);
    }

    /// Checks that the app begins, or that both ways of making one refuse it in these words.
    #[track_caller]
    fn drains(options: Options, refused: Option<(&str, &str)>) {
        let sentence = refused.map(|(problem, help)| format!("{problem}: {help}"));
        assert_eq!(options.contradiction(&[], false), sentence.as_deref());
        let words = refused.map(|(problem, help)| format!("{problem}\n\nhelp: {help}"));
        assert_eq!(refusal(move || options.check_drain()), words);
    }

    #[test]
    fn a_drain_is_shorter_than_timeout_run() {
        let drain = |drain, timeout_run| Options {
            timeout_run,
            drain,
            ..Options::DEFAULT
        };
        drains(drain(NINE, TEN), None);
        drains(drain(NINE, None), None);
        let words = (
            "`drain` leaves nothing of `timeout(run)`",
            "both begin with the request, and `run` hears of it when `drain` is over; make `drain` shorter",
        );
        for timeout_run in [TEN, NINE] {
            drains(drain(TEN, timeout_run), Some(words));
        }
    }

    #[test]
    fn a_drain_leaves_room_for_run_and_stop() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let words = (
            "`drain` leaves `run` nothing of `deadline`",
            "`run` hears of the request when `drain` is over, and `timeout(stop)`, or a quarter, of `deadline` is kept for `stop`; \
             make `drain` shorter",
        );
        // What is kept is the time of `stop`, or a quarter, also where `stop` may take all of it.
        for (deadline, timeout_stop) in [(15, 5), (11, 1)] {
            let drain = |drain| Options {
                drain,
                deadline: seconds(deadline),
                timeout_stop: seconds(timeout_stop),
                ..Options::DEFAULT
            };
            drains(drain(NINE), None);
            drains(drain(TEN), Some(words));
        }
        for timeout_stop in [None, seconds(8), seconds(20)] {
            let drain = |drain| Options {
                drain,
                deadline: seconds(8),
                timeout_stop,
                ..Options::DEFAULT
            };
            drains(drain(Some(Duration::from_millis(5_999))), None);
            drains(drain(seconds(6)), Some(words));
        }
    }

    #[test]
    fn a_grace_is_over_before_run_is_given_up_otherwise() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let run = "`grace` is not over when `timeout(run)` is";
        let room = "`grace` is not over when `run` has had its part of `deadline`";
        // The grace follows the drain, and of 20 s a quarter is kept for `stop`.
        let cases = [
            (None, None, None),
            (None, seconds(11), None),
            (None, TEN, Some(run)),
            (seconds(2), seconds(13), None),
            (seconds(2), seconds(12), Some(run)),
            (seconds(4), None, None),
            (seconds(5), None, Some(room)),
        ];
        for (drain, timeout_run, refused) in cases {
            let options = Options {
                grace: TEN,
                drain,
                timeout_run,
                deadline: seconds(20),
                ..Options::DEFAULT
            };
            let begins = |words: Option<String>| {
                let problem = words.map(|words| words.split([':', '\n']).next().map(str::to_owned));
                problem.flatten()
            };
            let sentence = options.contradiction(&[], true).map(str::to_owned);
            assert_eq!(begins(sentence).as_deref(), refused, "{options:?}");
            let words = refusal(move || options.check_grace());
            assert_eq!(begins(words).as_deref(), refused);
        }
    }

    #[test]
    fn only_the_run_of_an_async_app_has_a_grace() {
        let options = Options {
            grace: TEN,
            ..Options::DEFAULT
        };
        assert_eq!(options.contradiction(&[], true), None);
        let sentence = options.contradiction(&[], false);
        assert!(
            sentence.is_some_and(|sentence| sentence.starts_with("`grace` is for an async app"))
        );
    }

    #[test]
    fn who_forces_has_asked_before() {
        let forced = Options {
            force_after: Some(3),
            ..Options::DEFAULT
        };
        assert_eq!(forced.contradiction(&[SIGHUP], false), None);
        assert_eq!(refusal(move || forced.check_force_after(&[SIGHUP])), None);
        let elsewhere = Options {
            signals: &[SIGTERM],
            ..forced
        };
        for (options, functions) in [(forced, &[SIGINT]), (elsewhere, &[SIGHUP])] {
            let problem = "`force_after` counts SIGINT, which is no shutdown signal here";
            let help = "add `SIGINT` to `signals`, or remove the key";
            assert_eq!(
                options.contradiction(functions, false),
                Some(&*format!("{problem}: {help}"))
            );
            assert_eq!(
                refusal(move || options.check_force_after(functions)),
                Some(format!("{problem}\n\nhelp: {help}"))
            );
        }
        for force_after in [None, Some(0)] {
            let options = Options {
                force_after,
                ..elsewhere
            };
            assert_eq!(options.contradiction(&[SIGINT], false), None);
        }
    }
}
