//! For how long one thing went on that goes on several times.

use std::time::{Duration, Instant};

/// The times at which one thing went on, several at once or one after the other.
#[derive(Debug)]
pub(super) struct Intervals {
    pub(super) from: Instant,
    /// The last of them, without those that it touches. Each ends before the next one begins.
    last: Vec<(Instant, Instant)>,
    /// The length of those that came before.
    earlier: Duration,
    pub(super) times: u32,
}

impl Intervals {
    /// How many are kept apart. What went on during an earlier one, and ends now, counts twice there.
    const MOST: usize = 32;

    pub(super) fn new(from: Instant) -> Self {
        Intervals {
            from,
            last: Vec::new(),
            earlier: Duration::ZERO,
            times: 0,
        }
    }

    /// Adds one that ends now, behind all that are there.
    pub(super) fn add(&mut self, from: Instant, now: Instant) {
        self.times += 1;
        self.from = self.from.min(from);
        let mut merged = from;
        while let Some(&(first, until)) = self.last.last() {
            if until < from {
                break;
            }
            merged = merged.min(first);
            self.last.pop();
        }
        self.last.push((merged, now));
        if self.last.len() > Intervals::MOST {
            let (from, until) = self.last.remove(0);
            self.earlier += until - from;
        }
    }

    pub(super) fn until(&self) -> Instant {
        self.last.last().map_or(self.from, |(_, until)| *until)
    }

    /// For how long at least one went on.
    pub(super) fn length(&self) -> Duration {
        let last = self.last.iter().map(|(from, until)| *until - *from);
        let all = self.earlier + last.sum::<Duration>();
        // What counts twice does not make it longer than the time in which all of it has happened.
        all.min(self.until() - self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What goes on several times at once counts once.
    #[test]
    fn a_length_is_that_of_the_union() {
        let began = Instant::now();
        let at = |second| began + Duration::from_secs(second);
        let mut intervals = Intervals::new(at(1));
        for (from, until) in [(1, 2), (1, 3), (5, 6), (7, 8), (7, 8)] {
            intervals.add(at(from), at(until));
        }
        assert_eq!(intervals.length(), Duration::from_secs(4));
        intervals.add(at(2), at(9));
        assert_eq!(intervals.length(), Duration::from_secs(8));
        assert_eq!((intervals.times, intervals.from), (6, at(1)));
        for second in 10..1_000 {
            intervals.add(at(second) + Duration::from_millis(500), at(second + 1));
        }
        assert_eq!(intervals.length(), Duration::from_secs(8 + 990 / 2));
        assert_eq!(intervals.last.len(), Intervals::MOST);
        // One that has gone on during all of these does not make it longer than the whole.
        intervals.add(at(1), at(1_000));
        assert_eq!(intervals.length(), Duration::from_secs(999));
    }
}
