//! The options of an app, and the rules by which they exclude each other.

use std::time::Duration;

use crate::signal::{SIGHUP, SIGINT, SIGTERM};
use crate::status::ExitPolicy;

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
    /// If a deadline of `run` would pass before `run` is cancelled.
    #[doc(hidden)]
    #[track_caller]
    pub const fn check_drain(&self) {
        if let Some(contradiction) = self.drain_contradiction() {
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

    /// The first contradiction between these options, in words. `functions` are the signals that call a function of the
    /// user's.
    pub(super) fn contradiction(&self, functions: &[i32]) -> Option<&'static str> {
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
        let contradiction = self.drain_contradiction();
        let contradiction = contradiction.or(self.force_after_contradiction(functions));
        contradiction.map(|found| found.sentence)
    }

    fn limits(&self) -> [Option<Duration>; 6] {
        [
            self.timeout_start,
            self.timeout_run,
            self.timeout_stop,
            self.deadline,
            self.drain,
            self.exit_wait,
        ]
    }

    const fn drain_contradiction(&self) -> Option<Contradiction> {
        let Some(drain) = self.drain else {
            return None;
        };
        if leaves_nothing(drain, self.deadline) {
            return Some(contradiction!(
                "`drain` leaves nothing of `deadline`",
                "both begin with the request, and `run` hears of it when `drain` is over; make `drain` shorter"
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

/// Whether a limit is over before `run` is cancelled. Both times begin with the request.
const fn leaves_nothing(drain: Duration, limit: Option<Duration>) -> bool {
    match limit {
        Some(limit) => limit.as_nanos() <= drain.as_nanos(),
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
                exit_wait: zero,
                ..default
            },
        ];
        for options in wrong {
            assert!(options.contradiction(&[]).is_some(), "{options:?}");
        }
        assert_eq!(default.contradiction(&[]), None);
    }

    #[test]
    fn a_drain_is_shorter_than_what_follows() {
        for (deadline, timeout_run) in [(TEN, None), (None, TEN), (TEN, TEN), (None, None)] {
            let options = Options {
                drain: NINE,
                deadline,
                timeout_run,
                ..Options::DEFAULT
            };
            assert_eq!(options.contradiction(&[]), None);
            assert_eq!(refusal(move || options.check_drain()), None);
        }
        let by = [
            ("deadline", TEN, None),
            ("deadline", TEN, TEN),
            ("timeout(run)", None, TEN),
            ("timeout(run)", None, NINE),
        ];
        for (name, deadline, timeout_run) in by {
            let options = Options {
                drain: TEN,
                deadline,
                timeout_run,
                ..Options::DEFAULT
            };
            let problem = format!("`drain` leaves nothing of `{name}`");
            let help = "both begin with the request, and `run` hears of it when `drain` is over; make \
                        `drain` shorter";
            assert_eq!(
                options.contradiction(&[]),
                Some(&*format!("{problem}: {help}"))
            );
            assert_eq!(
                refusal(move || options.check_drain()),
                Some(format!("{problem}\n\nhelp: {help}"))
            );
        }
    }

    #[test]
    fn who_forces_has_asked_before() {
        let forced = Options {
            force_after: Some(3),
            ..Options::DEFAULT
        };
        assert_eq!(forced.contradiction(&[SIGHUP]), None);
        assert_eq!(refusal(move || forced.check_force_after(&[SIGHUP])), None);
        let elsewhere = Options {
            signals: &[SIGTERM],
            ..forced
        };
        for (options, functions) in [(forced, &[SIGINT]), (elsewhere, &[SIGHUP])] {
            let problem = "`force_after` counts SIGINT, which is no shutdown signal here";
            let help = "add `SIGINT` to `signals`, or remove the key";
            assert_eq!(
                options.contradiction(functions),
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
            assert_eq!(options.contradiction(&[SIGINT]), None);
        }
    }
}
