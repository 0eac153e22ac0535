//! The options of an app, and the rules by which they exclude each other.

use super::contradiction::{Contradiction, contradiction};
use super::limits::Limits;
use crate::signal::{SIGHUP, SIGINT, SIGTERM};
use crate::status::ExitPolicy;
use crate::sys;

/// The options of an app. The attribute writes a constant of this type.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Options {
    pub signals: &'static [i32],
    pub limits: Limits,
    pub force_after: Option<u8>,
    pub reap_orphans: bool,
    pub restore_terminal: bool,
    /// No line is printed but what says why the process ends with a failure.
    pub says_nothing: bool,
    pub exit: ExitPolicy,
}

impl Options {
    /// The options of an app that sets none.
    #[doc(hidden)]
    pub const DEFAULT: Options = Options {
        signals: &[SIGINT, SIGTERM, SIGHUP],
        limits: Limits::NONE,
        force_after: None,
        reap_orphans: false,
        restore_terminal: false,
        says_nothing: false,
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
        if let Some(contradiction) = self.limits.drain_contradiction() {
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
        if let Some(contradiction) = self.limits.grace_contradiction() {
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

    /// Checks the option `reap_orphans`. The attribute calls this in a constant, at the place of the key, so that the
    /// panic is a compile error there. (An app that is made by hand cannot begin.)
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
    pub(super) fn contradiction(&self, functions: &[i32], is_async: bool) -> Option<String> {
        if self.force_after == Some(1) {
            let words = "the first SIGINT asks for the shutdown, it cannot force it: count from the second, `force_after(2)`";
            return Some(words.into());
        }
        let contradiction = self.force_after_contradiction(functions);
        let contradiction = contradiction.map(|found| found.sentence.to_owned());
        self.limits.contradiction(is_async).or(contradiction)
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
    use std::time::Duration;

    const TEN: Option<Duration> = Some(Duration::from_secs(10));
    const NINE: Option<Duration> = Some(Duration::from_millis(9_999));

    fn with(limits: Limits) -> Options {
        Options {
            limits,
            ..Options::DEFAULT
        }
    }

    fn refusal(check: impl FnOnce() + std::panic::UnwindSafe) -> Option<String> {
        let refused = catch_unwind(check).err()?;
        Some(*refused.downcast::<String>().expect("words"))
    }

    /// The attribute refuses these as they are written, so there is no constant for them.
    #[test]
    fn what_the_attribute_refuses_the_builder_refuses_too() {
        let default = Options::DEFAULT;
        let zero = |set: fn(&mut Limits) -> &mut Option<Duration>| {
            let mut limits = Limits::NONE;
            *set(&mut limits) = Some(Duration::ZERO);
            with(limits)
        };
        let wrong = [
            Options {
                force_after: Some(1),
                ..default
            },
            zero(|limits| &mut limits.timeout_start),
            zero(|limits| &mut limits.timeout_run),
            zero(|limits| &mut limits.timeout_stop),
            zero(|limits| &mut limits.deadline),
            zero(|limits| &mut limits.drain),
            zero(|limits| &mut limits.grace),
            zero(|limits| &mut limits.exit_wait),
        ];
        for options in wrong {
            assert!(options.contradiction(&[], true).is_some(), "{options:?}");
        }
        assert_eq!(default.contradiction(&[], true), None);
    }

    /// Checks that the app begins, or that both ways of making one refuse it in these words.
    #[track_caller]
    fn drains(options: Options, refused: Option<(&str, &str)>) {
        let sentence = refused.map(|(problem, help)| format!("{problem}: {help}; here "));
        let contradiction = options.contradiction(&[], false);
        match (&contradiction, &sentence) {
            (Some(found), Some(sentence)) => assert!(found.starts_with(sentence), "{found}"),
            _ => assert_eq!(contradiction, sentence),
        }
        let words = refused.map(|(problem, help)| format!("{problem}\n\nhelp: {help}"));
        assert_eq!(refusal(move || options.check_drain()), words);
    }

    #[test]
    fn a_drain_is_shorter_than_timeout_run() {
        let drain = |drain, timeout_run| {
            with(Limits {
                timeout_run,
                drain,
                ..Limits::NONE
            })
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
            let drain = |drain| {
                with(Limits {
                    drain,
                    deadline: seconds(deadline),
                    timeout_stop: seconds(timeout_stop),
                    ..Limits::NONE
                })
            };
            drains(drain(NINE), None);
            drains(drain(TEN), Some(words));
        }
        for timeout_stop in [None, seconds(8), seconds(20)] {
            let drain = |drain| {
                with(Limits {
                    drain,
                    deadline: seconds(8),
                    timeout_stop,
                    ..Limits::NONE
                })
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
            let options = with(Limits {
                grace: TEN,
                drain,
                timeout_run,
                deadline: seconds(20),
                ..Limits::NONE
            });
            let begins = |words: Option<String>| {
                let problem = words.map(|words| words.split([':', '\n']).next().map(str::to_owned));
                problem.flatten()
            };
            let sentence = options.contradiction(&[], true);
            assert_eq!(begins(sentence).as_deref(), refused, "{options:?}");
            let words = refusal(move || options.check_grace());
            assert_eq!(begins(words).as_deref(), refused);
        }
    }

    /// Where limits come from configuration nobody has them before his eyes.
    #[test]
    fn a_contradiction_tells_the_limits() {
        let options = with(Limits {
            drain: TEN,
            deadline: Some(Duration::from_millis(2_500)),
            ..Limits::NONE
        });
        let words = options.contradiction(&[], false).expect("there is one");
        assert!(
            words.ends_with("; here `deadline` is 2.5s, `drain` is 10s"),
            "{words}"
        );
        let zero = with(Limits {
            exit_wait: Some(Duration::ZERO),
            ..Limits::NONE
        });
        let words = zero.contradiction(&[], false).expect("there is one");
        assert!(words.starts_with("`exit_wait` is zero"), "{words}");
    }

    #[test]
    fn only_the_run_of_an_async_app_has_a_grace() {
        let options = with(Limits {
            grace: TEN,
            ..Limits::NONE
        });
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
                Some(format!("{problem}: {help}"))
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
