//! A clock for ages: it stands still while the process is stopped.
//!
//! A process that was stopped, by Ctrl-Z or a debugger, has done nothing meanwhile, and nobody has waited for it. So an
//! age in a message does not count that time, as a deadline does not. The system's clock does not tell it apart. But
//! while the end waits for something, a thread looks at the time twice a second: a *tick*. If much more time than that
//! has passed since the last tick, the process was stopped.
//!
//! This clock is one word, so that any thread may read and set it at any moment, also where there is no app. Deadlines
//! have a clock of their own, and `conductor/deadlines.rs` says why. Both count as much of a gap.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::sys;

/// How long whoever ticks may sleep at the most.
pub(crate) const TICK: Duration = Duration::from_millis(500);

/// The state of the clock, in one word, so that it changes in one step:
///
/// | bits | what |
/// |---|---|
/// | 0–31 | when the last tick was, in units; 0: nobody ticks |
/// | 32–63 | how much time did not count so far, in units |
static WORD: AtomicU64 = AtomicU64::new(0);

/// The length of a unit in milliseconds. 32 bits of such units are more than a year; a time is told from an earlier one
/// for half as long. All that is rounded to units is how much of a gap counts.
const UNIT: u64 = 8;

/// A longer time than this between two ticks counts as this time.
///
/// A process that was stopped cannot be told from one that gets little processor time. Under a quota of the kernel
/// (`cpu.max` of cgroups) a process sleeps for up to some tenths of a second at a time. All of that has to count, or a
/// deadline would come late by as much. So this is much longer than a tick.
pub(crate) const GAP: Duration = Duration::from_secs(1);

/// [`GAP`] in units.
const LIMIT: u64 = GAP.as_secs() * 1_000 / UNIT;

/// The lower half of the word.
const LOW: u64 = u32::MAX as u64;

/// A moment on this clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    pub(crate) fn now() -> Self {
        Moment(milliseconds())
    }

    /// The moment of these [`milliseconds`]; `None` for 0, which stands for no moment.
    pub(crate) fn at(milliseconds: u64) -> Option<Self> {
        (milliseconds != 0).then_some(Moment(milliseconds))
    }

    /// The time that has passed from an earlier moment to this one, without the time in which the process was stopped.
    pub(crate) fn since(self, earlier: Moment) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The time that has passed since then, without the time in which the process was stopped.
    pub(crate) fn elapsed(self) -> Duration {
        Moment::now().since(self)
    }
}

/// The time of this clock in milliseconds. Where the process goes on after a stop, this is the right time also before
/// the next tick.
pub(crate) fn milliseconds() -> u64 {
    change(|word, _| word)
}

/// Counts the time since the last tick. Without an earlier tick the clock begins to be watched here.
pub(crate) fn tick() {
    change(ticked);
}

/// Nobody ticks any more: from here on all time counts.
pub(crate) fn rest() {
    change(|word, _| word & !LOW);
}

/// Counts a long gap, if there was one, and changes the state. Returns the time of the clock in milliseconds.
fn change(next: impl Fn(u64, u64) -> u64) -> u64 {
    let now = sys::milliseconds();
    let unit = now / UNIT;
    // Relaxed: the word holds all that there is to know, and publishes no other memory.
    let mut word = WORD.load(Ordering::Relaxed);
    loop {
        let counted = next(without_gap(word, unit), unit);
        if counted == word {
            return now.saturating_sub((word >> 32) * UNIT);
        }
        match WORD.compare_exchange_weak(word, counted, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return now.saturating_sub((counted >> 32) * UNIT),
            Err(seen) => word = seen,
        }
    }
}

/// The state after a look at this time: if the last tick was long ago, the process was stopped.
fn without_gap(word: u64, unit: u64) -> u64 {
    let Some(gap) = since_tick(word, unit).filter(|&gap| gap > LIMIT) else {
        return word;
    };
    let missed = (word >> 32).saturating_add(gap - LIMIT).min(LOW);
    ticked(missed << 32 | word & LOW, unit)
}

/// The state after a tick at this time.
fn ticked(word: u64, unit: u64) -> u64 {
    if word & LOW != 0 && since_tick(word, unit).is_none() {
        return word;
    }
    word & !LOW | (unit & LOW).max(1)
}

/// How many units have passed since the last tick. `None` where nobody ticks, and for a thread that comes late with an
/// earlier time, which must not set the clock back.
fn since_tick(word: u64, unit: u64) -> Option<u64> {
    let last = word & LOW;
    // The lower half of the time begins anew after a year, so the difference is of lower halves as well.
    let since = unit.wrapping_sub(last) & LOW;
    (last != 0 && since <= LOW / 2).then_some(since)
}

/// How many milliseconds count of those between the first and the last of these ticks.
#[cfg(test)]
pub(crate) fn counted(ticks: &[u64]) -> u64 {
    let word = ticks.iter().fold(0, |word, tick| {
        ticked(without_gap(word, tick / UNIT), tick / UNIT)
    });
    ticks[ticks.len() - 1] - ticks[0] - (word >> 32) * UNIT
}

#[cfg(test)]
mod tests {
    use super::*;

    type Next = fn(u64, u64) -> u64;

    /// The time that did not count, after looks or ticks at these times.
    fn missed(times: &[(u64, Next)]) -> u64 {
        let word = times.iter().fold(0, |word, (unit, next)| {
            next(without_gap(word, *unit), *unit)
        });
        word >> 32
    }

    const LOOK: Next = |word, _| word;

    /// The clock's word has room for the time since the system has begun, whatever that is.
    #[test]
    fn a_gap_is_seen_where_the_time_begins_anew() {
        for begun in [LOW - 300, 2 * LOW - 50, 7 * LOW] {
            let then = [
                (begun, ticked as _),
                (begun + 100, ticked as _),
                // One that comes late.
                (begun + 99, ticked as _),
                (begun + 500, LOOK),
            ];
            assert_eq!(missed(&then), 400 - LIMIT, "begun at {begun}");
        }
    }

    #[test]
    fn a_year_that_did_not_count_sets_nothing_back() {
        let quarter = LOW / 4;
        let times: Vec<_> = (1..=6)
            .map(|step| (step * quarter, ticked as Next))
            .collect();
        assert_eq!(missed(&times), LOW);
    }

    #[test]
    fn a_long_gap_between_ticks_counts_as_the_limit() {
        let ticks = |times: &[u64]| {
            let ticks: Vec<_> = times.iter().map(|&unit| (unit, ticked as _)).collect();
            missed(&ticks)
        };
        assert_eq!(ticks(&[100, 100 + LIMIT, 100 + 2 * LIMIT]), 0);
        assert_eq!(ticks(&[100, 100 + LIMIT + 7]), 7);
        assert_eq!(
            ticks(&[100, 5_000, 5_001, 9_000]),
            4_900 + 3_999 - 2 * LIMIT
        );
        // One that comes late with an earlier time.
        assert_eq!(ticks(&[100, 5_000, 101, 5_001]), 4_900 - LIMIT);
    }

    #[test]
    fn a_look_counts_the_gap_and_the_next_tick_does_not_count_it_again() {
        assert_eq!(missed(&[(100, ticked), (5_000, LOOK)]), 4_900 - LIMIT);
        let then = [
            (100, ticked as _),
            (5_000, LOOK),
            (5_001, LOOK),
            (5_002, ticked as _),
        ];
        assert_eq!(missed(&then), 4_900 - LIMIT);
    }

    #[test]
    fn all_time_counts_where_nobody_ticks() {
        assert_eq!(missed(&[(100, LOOK), (5_000, LOOK), (9_000, ticked)]), 0);
    }
}
