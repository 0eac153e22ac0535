//! Deadlines, counted in ticks.

use std::time::{Duration, Instant};

use super::Options;
use crate::lifecycle::Deadline;

/// A wait is at most this long while a deadline is armed, and counts for at most twice as much. So
/// a process that was stopped (Ctrl-Z, a debugger, a laptop's lid) does not find its deadlines
/// spent when it goes on: the clock runs on meanwhile, the ticks do not.
const TICK: Duration = Duration::from_millis(100);

/// How long a `run` that was alive at the request has until it hears that it is given up. Much longer than a
/// busy executor takes to get round to a task that was woken.
const GIVE_UP: Duration = Duration::from_secs(1);

/// How long the first Ctrl-C may go unexplained: who waits no longer than that does not wonder.
const EXPLAIN: Duration = Duration::from_millis(500);

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
    limits: [Option<Duration>; ALL.len()],
    left: [Option<Duration>; ALL.len()],
    last: Instant,
}

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

    /// Starts it, from its beginning; nothing where the app has not set it.
    pub(super) fn arm(&mut self, deadline: Deadline, now: Instant) {
        // What has passed since somebody last looked at the clock is not its own.
        self.tick(now);
        self.left[index(deadline)] = self.limits[index(deadline)];
    }

    pub(super) fn disarm(&mut self, deadline: Deadline) {
        self.left[index(deadline)] = None;
    }

    /// How long it is from the beginning.
    pub(super) fn limit(&self, deadline: Deadline) -> Option<Duration> {
        self.limits[index(deadline)]
    }

    /// How much is left for children to end by themselves: until the app is ended for its `stop`, or its whole shutdown, that
    /// takes too long, but for what it takes to kill them first.
    pub(super) fn left_for_children(&self) -> Option<Duration> {
        const ENOUGH: Duration = Duration::from_secs(1);
        let of = [Deadline::Stop, Deadline::Whole].map(|deadline| {
            let (left, limit) = (self.left[index(deadline)]?, self.limit(deadline)?);
            Some(left.saturating_sub(ENOUGH.min(limit / 4)))
        });
        of.into_iter().flatten().min()
    }

    /// How long to sleep at most; `None`: there is nothing to wait for.
    pub(super) fn next(&self) -> Option<Duration> {
        let next = self.left.iter().flatten().min()?;
        Some((*next).min(TICK))
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.last).min(2 * TICK);
        self.last = now;
        for left in self.left.iter_mut().flatten() {
            *left = left.saturating_sub(passed);
        }
    }

    /// Takes one whose time is up.
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
