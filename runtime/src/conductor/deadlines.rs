//! The deadlines of an app, counted in ticks.

use std::time::{Duration, Instant};

use super::Options;
use crate::lifecycle::Deadline;

/// The length of a tick. While a deadline is armed, the listener sleeps for one tick at the most, and a sleep counts
/// for two ticks at the most.
///
/// So a process that was stopped by Ctrl-Z, a debugger or a closed laptop has its deadlines still before it when it
/// goes on. The system's clock has gone on meanwhile, but the ticks have not.
const TICK: Duration = Duration::from_millis(100);

/// How long a `run` that was given up may take to answer. After this time its task counts as blocked. A busy executor
/// takes much less to poll a task that was woken.
const GIVE_UP: Duration = Duration::from_secs(1);

/// How long after the first Ctrl-C the user gets an explanation. Most programs have ended by then, and print nothing.
const EXPLAIN: Duration = Duration::from_millis(500);

/// Every deadline, in the order of the declaration: [`index`] depends on that order.
const ALL: [Deadline; 7] = [
    Deadline::Start,
    Deadline::Run,
    Deadline::Stop,
    Deadline::Whole,
    Deadline::Drain,
    Deadline::GiveUp,
    Deadline::Explain,
];

/// The deadlines of an app, and what is left of those that are armed.
#[derive(Debug)]
pub(super) struct Deadlines {
    /// The full time of each; `None` where the app has not set it.
    limits: [Option<Duration>; ALL.len()],
    /// The time that is left of each; `None` where it is not armed.
    left: [Option<Duration>; ALL.len()],
    /// When the last tick was counted.
    last: Instant,
}

/// The place of a deadline in the arrays.
fn index(deadline: Deadline) -> usize {
    deadline as usize
}

impl Deadlines {
    pub(super) fn new(options: &Options) -> Self {
        let limit = |deadline| match deadline {
            Deadline::Start => options.timeout_start,
            Deadline::Run => options.timeout_run,
            Deadline::Stop => options.timeout_stop,
            Deadline::Whole => options.deadline,
            Deadline::Drain => options.drain,
            Deadline::GiveUp => Some(GIVE_UP),
            Deadline::Explain => Some(EXPLAIN),
        };
        Deadlines {
            limits: ALL.map(limit),
            left: [None; ALL.len()],
            last: Instant::now(),
        }
    }

    /// Starts a deadline with its full time. A deadline that the app has not set stays unarmed.
    pub(super) fn arm(&mut self, deadline: Deadline, now: Instant) {
        // The time since the last tick is counted first, for the deadlines that are armed already. The next tick would
        // take it from the new one, too.
        self.tick(now);
        self.left[index(deadline)] = self.limits[index(deadline)];
    }

    /// Stops a deadline.
    pub(super) fn disarm(&mut self, deadline: Deadline) {
        self.left[index(deadline)] = None;
    }

    /// The full time of a deadline.
    pub(super) fn limit(&self, deadline: Deadline) -> Option<Duration> {
        self.limits[index(deadline)]
    }

    /// How long children may take to end by themselves; `None` where no deadline bounds them.
    ///
    /// When `timeout(stop)` or `deadline` has passed, the process ends. Before that the children have to be killed and
    /// reaped, so a part of the time is kept for it: a second, or a quarter of a deadline that is shorter than 4 s.
    pub(super) fn left_for_children(&self) -> Option<Duration> {
        const KILL_TIME: Duration = Duration::from_secs(1);
        let limits = [Deadline::Stop, Deadline::Whole].map(|deadline| {
            let (left, limit) = (self.left[index(deadline)]?, self.limit(deadline)?);
            Some(left.saturating_sub(KILL_TIME.min(limit / 4)))
        });
        limits.into_iter().flatten().min()
    }

    /// How long the listener may sleep until the next tick; `None` where no deadline is armed.
    pub(super) fn next(&self) -> Option<Duration> {
        let next = self.left.iter().flatten().min()?;
        Some((*next).min(TICK))
    }

    /// Counts the time that has passed since the last tick.
    pub(super) fn tick(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.last).min(2 * TICK);
        self.last = now;
        for left in self.left.iter_mut().flatten() {
            *left = left.saturating_sub(passed);
        }
    }

    /// Takes a deadline whose time is up, and disarms it.
    pub(super) fn take_expired(&mut self) -> Option<Deadline> {
        let expired = ALL
            .into_iter()
            .find(|&deadline| self.left[index(deadline)] == Some(Duration::ZERO))?;
        self.disarm(expired);
        Some(expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadlines() -> (Deadlines, Instant) {
        let options = Options {
            timeout_stop: Some(Duration::from_millis(250)),
            ..Options::DEFAULT
        };
        let deadlines = Deadlines::new(&options);
        let now = deadlines.last;
        (deadlines, now)
    }

    #[test]
    fn expires_once_when_the_time_is_up() {
        let (mut deadlines, start) = deadlines();
        deadlines.arm(Deadline::Start, start);
        assert_eq!(deadlines.next(), None);
        deadlines.arm(Deadline::Stop, start);
        assert_eq!(deadlines.next(), Some(TICK));
        for step in 1..=2 {
            deadlines.tick(start + step * TICK);
            assert_eq!(deadlines.take_expired(), None);
        }
        deadlines.tick(start + Duration::from_millis(251));
        assert_eq!(deadlines.take_expired(), Some(Deadline::Stop));
        assert_eq!(deadlines.take_expired(), None);
    }

    #[test]
    fn counts_from_when_it_was_armed() {
        let (mut deadlines, start) = deadlines();
        let request = start + Duration::from_millis(150);
        deadlines.arm(Deadline::Stop, request);
        deadlines.tick(request + 2 * TICK);
        assert_eq!(deadlines.take_expired(), None);
        deadlines.tick(request + 3 * TICK);
        assert_eq!(deadlines.take_expired(), Some(Deadline::Stop));
    }

    #[test]
    fn a_stopped_process_loses_two_ticks_at_most() {
        let (mut deadlines, start) = deadlines();
        deadlines.arm(Deadline::Stop, start);
        deadlines.tick(start + Duration::from_secs(3600));
        assert_eq!(deadlines.take_expired(), None);
        assert_eq!(deadlines.next(), Some(Duration::from_millis(50)));
    }
}
