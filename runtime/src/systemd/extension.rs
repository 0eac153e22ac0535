//! How long a start or a stop may take while there is progress.

use std::time::{Duration, Instant};

use crate::lifecycle::Stage;
use crate::shield;
use crate::shutdown::Shutdown;

/// What changes while an app gets on. Two that are equal have nothing between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    stage: Stage,
    activities: (u64, usize),
    regions: (u64, usize),
    said: u64,
}

impl Progress {
    pub(super) fn of(shutdown: &Shutdown, stage: Stage) -> Self {
        Progress {
            stage,
            activities: shutdown.count_activities(),
            regions: shield::count_regions(),
            said: shutdown.count_progress(),
        }
    }
}

/// The time that a start or a stop may take.
#[derive(Debug)]
pub(super) struct Extension {
    /// How long each may take.
    bound: Duration,
    /// Since when the one that goes on goes on.
    since: Option<Instant>,
    looked: Option<Instant>,
    seen: Option<Progress>,
}

impl Extension {
    /// The start goes on.
    pub(super) fn new(bound: Duration, now: Instant) -> Self {
        Extension {
            bound,
            since: Some(now),
            looked: None,
            seen: None,
        }
    }

    /// A start has ended.
    pub(super) fn end(&mut self) {
        self.since = None;
    }

    /// A stop begins.
    pub(super) fn begin(&mut self, now: Instant) {
        *self = Extension::new(self.bound, now);
    }

    /// How long there may be no progress.
    fn patience(&self) -> Duration {
        self.bound / 10
    }

    /// How long after one look the next one is due. Progress is seen so late at the most.
    fn period(&self) -> Duration {
        (self.patience() / 4).max(Duration::from_millis(10))
    }

    /// Looks for progress, if a look is due. Returns how long from now on the manager is to wait, if there was any
    /// since the last look.
    pub(super) fn look(
        &mut self,
        now: Instant,
        progress: impl FnOnce() -> Progress,
    ) -> Option<Duration> {
        let left = self.left(now)?;
        if self.until_next(now).is_some_and(|time| !time.is_zero()) {
            return None;
        }
        let progress = Some(progress());
        self.looked = Some(now);
        if self.seen == progress {
            return None;
        }
        self.seen = progress;
        Some(self.patience().min(left))
    }

    /// The manager could not be told what the last look has found.
    pub(super) fn forget(&mut self) {
        self.seen = None;
    }

    fn left(&self, now: Instant) -> Option<Duration> {
        let left = self.bound.checked_sub(now - self.since?)?;
        (!left.is_zero()).then_some(left)
    }

    /// How long it takes until the next look.
    pub(super) fn until_next(&self, now: Instant) -> Option<Duration> {
        let left = self.left(now)?;
        let looked = self.looked.map_or(self.period(), |looked| now - looked);
        Some(self.period().saturating_sub(looked).min(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(said: u64) -> Progress {
        Progress {
            stage: Stage::Stop,
            activities: (0, 0),
            regions: (0, 0),
            said,
        }
    }

    #[test]
    fn the_sum_is_bounded() {
        let begun = Instant::now();
        let mut extension = Extension::new(Duration::from_secs(100), begun);
        let mut last = Duration::ZERO;
        for second in 0..200 {
            let at = Duration::from_secs(second);
            if let Some(more) = extension.look(begun + at, || after(second)) {
                assert!(more <= Duration::from_secs(10));
                last = at + more;
            }
        }
        assert_eq!(last, Duration::from_secs(100));
        assert_eq!(extension.until_next(begun + Duration::from_secs(100)), None);
    }

    #[test]
    fn without_progress_nothing_is_extended() {
        let begun = Instant::now();
        let mut extension = Extension::new(Duration::from_secs(100), begun);
        let mut look = |second, said| {
            let at = begun + Duration::from_secs(second);
            extension.look(at, || after(said)).is_some()
        };
        assert!(look(0, 1));
        assert!(!look(3, 1));
        assert!(look(6, 2));
        // No look is due.
        assert!(!look(7, 3));
        assert!(look(9, 3));
    }
}
