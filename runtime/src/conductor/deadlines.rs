//! The deadlines of an app, counted in ticks.
//!
//! Ages have another clock (`ticks.rs`). It counts as much of a gap, so that a deadline and the age of what has not
//! ended in time agree. There are two clocks for two reasons:
//!
//! - Some deadlines count less of a gap ([`OWN_GAP`]).
//! - Any thread may wait for something, read the clock for ages meanwhile, and let it rest at the end. While that clock
//!   rests all time counts. Whether a deadline is kept must not depend on what such a thread does, so the clock of the
//!   deadlines is the listener's alone.

use std::time::{Duration, Instant};

use super::Limits;
use crate::lifecycle::Deadline;
use crate::ticks::GAP;

/// The length of a tick. While a deadline is armed, the listener sleeps for one tick at the most, and then counts the
/// time since the last tick, up to [`GAP`], or up to [`OWN_GAP`] for the clocks that the app does not set.
///
/// So a process that was stopped by Ctrl-Z, a debugger or a closed laptop has its deadlines still before it when it
/// goes on. The system's clock has gone on meanwhile, but the ticks have not.
const TICK: Duration = Duration::from_millis(100);

/// How much of a gap counts for the clocks that the app does not set. They say how long code may take to answer, and
/// code that was stopped cannot answer.
const OWN_GAP: Duration = Duration::from_millis(200);

/// How long a `run` that was given up may take to answer. After this time its task counts as blocked. A busy executor
/// takes much less to poll a task that was woken.
const GIVE_UP: Duration = Duration::from_secs(1);

/// How long after the first Ctrl-C the user gets an explanation. Most programs have ended by then, and print nothing.
const EXPLAIN: Duration = Duration::from_millis(500);

/// Every deadline, in the order of the declaration.
const ALL: [Deadline; 10] = [
    Deadline::Start,
    Deadline::Run,
    Deadline::Stop,
    Deadline::Turn,
    Deadline::Whole,
    Deadline::Room,
    Deadline::Drain,
    Deadline::Grace,
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
const fn index(deadline: Deadline) -> usize {
    deadline as usize
}

// Each deadline of `ALL` is at its own place.
const _: () = {
    let mut place = 0;
    while place < ALL.len() {
        assert!(index(ALL[place]) == place);
        place += 1;
    }
};

/// The full time of each deadline.
fn full(limits: &Limits) -> [Option<Duration>; ALL.len()] {
    let mut full = [None; ALL.len()];
    for deadline in ALL {
        full[index(deadline)] = match deadline {
            Deadline::Start => limits.timeout_start,
            Deadline::Run => limits.timeout_run,
            Deadline::Stop => limits.timeout_stop,
            // Each component may have another one.
            Deadline::Turn => None,
            Deadline::Whole => limits.deadline,
            Deadline::Room => limits.room(),
            Deadline::Drain => limits.drain,
            Deadline::Grace => limits.grace,
            Deadline::GiveUp => Some(GIVE_UP),
            Deadline::Explain => Some(EXPLAIN),
        };
    }
    full
}

/// How much of a gap between two ticks counts for this deadline.
fn gap(deadline: Deadline) -> Duration {
    match deadline {
        Deadline::GiveUp | Deadline::Explain => OWN_GAP,
        _ => GAP,
    }
}

impl Deadlines {
    pub(super) fn new(limits: &Limits) -> Self {
        Deadlines {
            limits: full(limits),
            left: [None; ALL.len()],
            last: Instant::now(),
        }
    }

    /// Has the deadlines last so long that are armed from here on.
    pub(super) fn set_limits(&mut self, limits: &Limits) {
        self.limits = full(limits);
    }

    /// Starts a deadline with its full time. A deadline that the app has not set stays unarmed.
    pub(super) fn arm(&mut self, deadline: Deadline, now: Instant) {
        // The time since the last tick is counted first, for the deadlines that are armed already. The next tick would
        // take it from the new one, too.
        self.tick(now);
        self.left[index(deadline)] = self.limits[index(deadline)];
    }

    /// Starts a deadline whose full time is another one each time.
    pub(super) fn arm_with(&mut self, deadline: Deadline, limit: Duration, now: Instant) {
        self.limits[index(deadline)] = Some(limit);
        self.arm(deadline, now);
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
    /// When `timeout(stop)` or `deadline` has passed, the process ends; and when the room in `deadline` is over, `run`
    /// is given up, which may wait for a child. Before that the children have to be killed and reaped, so a part of the
    /// time is kept for it: a second, or a quarter of a deadline that is shorter than 4 s.
    pub(super) fn left_for_children(&self) -> Option<Duration> {
        const KILL_TIME: Duration = Duration::from_secs(1);
        let limits = [Deadline::Stop, Deadline::Whole, Deadline::Room];
        let limits = limits.into_iter().filter_map(|deadline| {
            let (left, limit) = (self.left[index(deadline)]?, self.limit(deadline)?);
            Some(left.saturating_sub(KILL_TIME.min(limit / 4)))
        });
        limits.min()
    }

    /// Whether a limit is in force: one that ends the process when it has passed.
    pub(super) fn are_in_force(&self) -> bool {
        let limits = [
            Deadline::Start,
            Deadline::Run,
            Deadline::Stop,
            Deadline::Whole,
        ];
        limits
            .iter()
            .any(|&limit| self.left[index(limit)].is_some())
    }

    /// How long the listener may sleep until the next tick; `None` where no deadline is armed.
    pub(super) fn next(&self) -> Option<Duration> {
        let next = self.left.iter().flatten().min()?;
        Some((*next).min(TICK))
    }

    /// Counts the time that has passed since the last tick.
    pub(super) fn tick(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.last);
        self.last = now;
        for deadline in ALL {
            if let Some(left) = &mut self.left[index(deadline)] {
                *left = left.saturating_sub(passed.min(gap(deadline)));
            }
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
        let limits = Limits {
            timeout_stop: Some(Duration::from_millis(250)),
            ..Limits::NONE
        };
        let deadlines = Deadlines::new(&limits);
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
    fn a_stopped_process_loses_a_second_at_most() {
        let limits = Limits {
            timeout_stop: Some(Duration::from_millis(1500)),
            ..Limits::NONE
        };
        let mut deadlines = Deadlines::new(&limits);
        let start = deadlines.last;
        deadlines.arm(Deadline::Stop, start);
        deadlines.arm(Deadline::GiveUp, start);
        deadlines.tick(start + Duration::from_secs(3600));
        assert_eq!(deadlines.take_expired(), None);
        let left = |deadline| deadlines.left[index(deadline)];
        assert_eq!(left(Deadline::Stop), Some(Duration::from_millis(500)));
        assert_eq!(left(Deadline::GiveUp), GIVE_UP.checked_sub(OWN_GAP));
    }

    /// A message tells the age of what a deadline has ended, and the two must not contradict each other.
    #[test]
    fn ages_count_as_much() {
        let limit = Duration::from_secs(3600);
        let limits = Limits {
            deadline: Some(limit),
            ..Limits::NONE
        };
        for gap in [1, 99, 400, 996, 1_000, 1_004, 1_008, 1_500, 60_000] {
            let mut deadlines = Deadlines::new(&limits);
            let start = deadlines.last;
            deadlines.arm(Deadline::Whole, start);
            let ticks: Vec<u64> = (0..20).map(|tick| 5_000 + tick * gap).collect();
            for tick in &ticks {
                deadlines.tick(start + Duration::from_millis(tick - ticks[0]));
            }
            let left = deadlines.left[index(Deadline::Whole)].expect("it is armed");
            let counted = Duration::from_millis(crate::ticks::counted(&ticks));
            // Ages round each gap to a unit of 8 ms.
            assert!(
                counted.abs_diff(limit.saturating_sub(left)) <= 19 * Duration::from_millis(8),
                "a gap of {gap} ms: {counted:?}, {left:?}",
            );
        }
    }

    /// Under a quota of processor time a process is held up again and again, for longer than a tick.
    #[test]
    fn gaps_of_less_than_a_second_count() {
        let limits = Limits {
            timeout_stop: Some(Duration::from_secs(3)),
            ..Limits::NONE
        };
        let mut deadlines = Deadlines::new(&limits);
        let start = deadlines.last;
        deadlines.arm(Deadline::Stop, start);
        for gap in 1..=7 {
            deadlines.tick(start + gap * Duration::from_millis(400));
            assert_eq!(deadlines.take_expired(), None);
        }
        deadlines.tick(start + Duration::from_secs(3));
        assert_eq!(deadlines.take_expired(), Some(Deadline::Stop));
    }
}
