//! The watchdog: telling the manager in time that the program lives, as long as it does.
//!
//! The listener tells it. The program's own check runs on another thread, which may block: what has passed last is a
//! moment that the listener looks at.

use std::ffi::OsStr;
use std::io;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use super::variables::{Variables, is_this_process};
use crate::report;
use crate::shield::call_bounded;
use crate::sync::{lock, spawn};
use crate::unwind::{call, discard, leak};

/// A check of the program's: an `Err` has its words, if it has any. Where nobody watches it is never called.
pub(super) struct Check(Option<Function>);

type Function = Box<dyn FnMut() -> Result<(), Option<String>> + Send>;

impl Check {
    pub(super) fn new(
        function: impl FnMut() -> Result<(), Option<String>> + Send + 'static,
    ) -> Self {
        Check(Some(Box::new(function)))
    }

    fn call(&mut self) -> Result<(), Option<String>> {
        self.0.as_mut().map_or(Ok(()), |function| function())
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        // To drop the function is code of the program's, which may panic. That changes nothing here.
        discard(self.0.take());
    }
}

/// The shortest interval that can be kept on a machine that is busy.
const SHORTEST: Duration = Duration::from_millis(100);

/// How long it takes from one look to the next, where the manager wants to be told in this interval. One that is too
/// short does not keep the process busy.
fn period(interval: Duration) -> Duration {
    (interval / 4).max(Duration::from_millis(10))
}

/// The watchdog of an app.
#[derive(Debug)]
pub(super) struct Watchdog {
    interval: Duration,
    told: Option<Instant>,
    checked: Option<Arc<Checked>>,
    /// Whether the user was told that the check takes too long.
    named: bool,
}

/// What the listener and the thread that checks share.
#[derive(Debug, Default)]
struct Checked {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stage: Stage,
    /// When the check has passed last, or was to begin.
    passed: Option<Instant>,
    /// Whether it has failed since then, and its line was printed.
    has_failed: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The program is not ready yet.
    #[default]
    Before,
    Checking,
    Over,
}

impl Watchdog {
    /// The watchdog that the manager wants, if it wants one. A check gets its thread here.
    ///
    /// # Errors
    ///
    /// When the system has no thread left.
    pub(super) fn new(variables: &Variables, check: Option<Check>) -> io::Result<Option<Self>> {
        let Some(interval) = interval(variables) else {
            return Ok(None);
        };
        if interval < SHORTEST {
            report::line(&format!(
                "the watchdog of systemd cannot be met for sure: its interval is {interval:?}, and {SHORTEST:?} are the least"
            ));
        }
        let checked = check.map(|check| {
            let checked = Arc::new(Checked::default());
            let shared = Arc::clone(&checked);
            let serve = move || {
                let mut check = check;
                shared.serve(&mut check, period(interval));
            };
            let thread = Builder::new().name("aplomb-watchdog".into());
            spawn(thread, Box::new(serve)).map(|_| checked)
        });
        Ok(Some(Watchdog {
            interval,
            told: None,
            checked: checked.transpose()?,
            named: false,
        }))
    }

    /// The program is ready: from now on the check counts.
    pub(super) fn begin(&self) {
        self.set(Stage::Checking);
    }

    /// The program stops: from now on the check does not count.
    pub(super) fn end(&self) {
        self.set(Stage::Over);
    }

    fn set(&self, stage: Stage) {
        if let Some(checked) = &self.checked {
            // The lock is the one under which the thread looks before it sleeps.
            let mut shared = lock(&checked.state);
            shared.stage = stage;
            shared.passed = Some(Instant::now());
            drop(shared);
            checked.changed.notify_one();
        }
    }

    /// How long it takes until the next look.
    pub(super) fn until_next(&self, now: Instant) -> Duration {
        let period = period(self.interval);
        let told = self.told.map_or(period, |told| now - told);
        period.saturating_sub(told)
    }

    /// Returns whether the manager is to be told now that the program lives.
    pub(super) fn look(&mut self, now: Instant) -> bool {
        if !self.until_next(now).is_zero() {
            return false;
        }
        // Whether it is told or not, the next look is as late.
        self.told = Some(now);
        let lives = self.passes(now);
        self.named &= !lives;
        lives
    }

    /// The manager could not be told: it is to be told at the next look.
    pub(super) fn forget(&mut self) {
        self.told = None;
    }

    fn passes(&mut self, now: Instant) -> bool {
        let Some(checked) = &self.checked else {
            return true;
        };
        let state = lock(&checked.state);
        if state.stage != Stage::Checking {
            return true;
        }
        let age = state.passed.map_or(Duration::ZERO, |passed| now - passed);
        let has_failed = state.has_failed;
        drop(state);
        let passes = age <= self.interval / 2;
        if !passes && !has_failed && !mem::replace(&mut self.named, true) {
            report::line(&format!(
                "the check of the watchdog has not returned for {age:.1?}: systemd ends the program after {:?} without it",
                self.interval
            ));
        }
        passes
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.end();
    }
}

/// The interval, where the manager wants to be told.
fn interval(variables: &Variables) -> Option<Duration> {
    let usec = variables.watchdog_usec.as_ref()?;
    if let Some(pid) = &variables.watchdog_pid {
        if !is_this_process(pid) {
            return None;
        }
    }
    let interval = parse(usec);
    if interval.is_none() {
        report::line(&format!(
            "systemd's watchdog is not told: $WATCHDOG_USEC is {usec:?}, and no number of microseconds"
        ));
    }
    interval
}

fn parse(usec: &OsStr) -> Option<Duration> {
    let usec = usec.to_str()?.parse().ok().filter(|&usec| usec > 0)?;
    Some(Duration::from_micros(usec))
}

impl Checked {
    /// Calls the check again and again, from when the program is ready until it stops.
    fn serve(&self, check: &mut Check, period: Duration) {
        while self.wait(period) {
            let verdict = call(|| call_bounded(|| check.call()));
            let now = Instant::now();
            // The lock is for the change: lines are printed behind it.
            let mut state = lock(&self.state);
            if state.stage != Stage::Checking {
                // The program has begun to stop meanwhile, and what the check looks at may be gone.
                drop(state);
                return leak(verdict);
            }
            let failed_before = mem::replace(&mut state.has_failed, !matches!(verdict, Ok(Ok(()))));
            if !state.has_failed {
                state.passed = Some(now);
            }
            drop(state);
            match verdict {
                Ok(Err(why)) if !failed_before => {
                    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                    report::line(&format!("the check of the watchdog has failed{why}"));
                }
                Ok(Ok(()) | Err(_)) => {}
                Err(panic) => {
                    leak(panic);
                    return report::line(
                        "the check of the watchdog has panicked, and is not called again: systemd ends the program",
                    );
                }
            }
        }
    }

    /// Waits until the next check is due. Returns whether there is one.
    fn wait(&self, period: Duration) -> bool {
        // The lock is given back while this thread sleeps.
        let mut state = lock(&self.state);
        if state.stage == Stage::Checking && state.passed.is_some() {
            let waited = self.changed.wait_timeout(state, period);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        while state.stage == Stage::Before {
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.stage == Stage::Checking
    }
}
