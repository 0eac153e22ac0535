//! What a signal handler decides: what a signal means, given what came before it.
//!
//! All that came before it is in one word of 64 bits. So a decision is one compare-and-swap, whichever threads the
//! handlers run on at the same time. To decide takes no call of the system.

use std::time::Duration;

/// Signals that come within this time of the accepted one are the same request.
///
/// A wrapper that forwards a Ctrl-C delivers it twice, 0.1 to 1 ms apart, since the terminal has sent it to all of the
/// group already (measured with an npm-like wrapper; `timeout(1)` does it too). People who press twice do so 120 to 200
/// ms apart.
pub(crate) const SAME_REQUEST: Duration = Duration::from_millis(100);

/// What began the shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Began {
    Signal = 1,
    Requested = 2,
    Returned = 3,
    Failed = 4,
    Panicked = 5,
}

/// What a signal turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The signal that makes the request.
    Request,
    /// The first signal, but the shutdown had begun already: this one decides the exit status only.
    Late,
    /// A signal that says again what is known. It makes no new request.
    Repeat,
    /// A further SIGINT, long enough after the one before. The user *insists*, which means that waiting is to end.
    Insist,
    /// So many SIGINTs that the process is to end at once.
    Force,
}

/// The packed word.
///
/// | bits | what |
/// |---|---|
/// | 0–2 | what began the shutdown; 0: nothing yet |
/// | 3 | `run` is cancelled |
/// | 4 | from here on a request does not cancel at once, there is time to drain |
/// | 5 | a shutdown signal was accepted |
/// | 8–15 | SIGINTs accepted |
/// | 16–23 | of these, the insisting ones |
/// | 24–63 | when the last accepted signal came, in milliseconds |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word(pub(crate) u64);

const BEGAN: u64 = 0b111;
const CANCELLED: u64 = 1 << 3;
const DRAINS: u64 = 1 << 4;
const SIGNALLED: u64 = 1 << 5;
const INTERRUPTS: u32 = 8;
const INSISTS: u32 = 16;
const TIME: u32 = 24;

impl Word {
    /// Returns the word of an app in which nothing has happened.
    pub(crate) const fn new() -> Self {
        Word(0)
    }

    /// Returns this word as it is from the beginning of a `run` that drains: a request does not cancel at once any
    /// more. A request that was made before has cancelled already, and stays so.
    pub(crate) fn drain(self) -> Self {
        if self.is_requested() {
            self
        } else {
            Word(self.0 | DRAINS)
        }
    }

    /// Returns this word as it is from the end of the drain on: a request that was made has cancelled, and one that
    /// comes cancels at once.
    pub(crate) fn end_drain(self) -> Self {
        let word = Word(self.0 & !DRAINS);
        if word.is_requested() {
            word.cancel()
        } else {
            word
        }
    }

    /// Returns what began the shutdown.
    pub(crate) fn began(self) -> Option<Began> {
        Some(match self.0 & BEGAN {
            0 => return None,
            1 => Began::Signal,
            2 => Began::Requested,
            3 => Began::Returned,
            4 => Began::Failed,
            _ => Began::Panicked,
        })
    }

    /// Returns whether the shutdown has begun.
    #[inline]
    pub(crate) fn is_requested(self) -> bool {
        self.0 & BEGAN != 0
    }

    /// Returns whether `run`'s cancellation has fired.
    #[inline]
    pub(crate) fn cancelled(self) -> bool {
        self.0 & CANCELLED != 0
    }

    /// Returns whether a shutdown signal was accepted.
    pub(crate) fn signalled(self) -> bool {
        self.0 & SIGNALLED != 0
    }

    /// Returns how often the user has insisted.
    pub(crate) fn insists(self) -> u8 {
        self.count(INSISTS)
    }

    /// Returns how long before this time, in milliseconds, the last signal was accepted. `None` where none was.
    pub(crate) fn since_accepted(self, now: u64) -> Option<Duration> {
        // The difference is counted in the 40 bits that the time has. A handler may have read the clock before another
        // one accepted its signal. Then that signal seems to come in the future, and counts as one that comes now.
        let since = (now << TIME).wrapping_sub(self.0 & (u64::MAX << TIME)) >> TIME;
        let is_past = since < 1 << 39;
        self.signalled()
            .then(|| Duration::from_millis(if is_past { since } else { 0 }))
    }

    fn count(self, shift: u32) -> u8 {
        (self.0 >> shift).to_le_bytes()[0]
    }

    /// Returns this word with the shutdown begun, unless it had begun before. Where there is time to drain, whoever
    /// keeps that time cancels, also when `run` has ended and there is nothing left to drain for.
    pub(crate) fn begin(self, why: Began) -> Self {
        if self.is_requested() {
            return self;
        }
        let begun = Word(self.0 | why as u64);
        if self.0 & DRAINS == 0 {
            begun.cancel()
        } else {
            begun
        }
    }

    /// Returns this word with `run` cancelled.
    pub(crate) fn cancel(self) -> Self {
        Word(self.0 | CANCELLED)
    }

    /// Decides what a shutdown signal is that arrives at a time in milliseconds. `interrupt` says whether it is a
    /// SIGINT. The `force_after`th SIGINT is to end the process, unless `force_after` is 0.
    pub(crate) fn signal(self, interrupt: bool, now: u64, force_after: u8) -> (Self, Arrival) {
        if !self.signalled() {
            let arrival = if self.is_requested() {
                Arrival::Late
            } else {
                Arrival::Request
            };
            let word = Word(self.begin(Began::Signal).0 | SIGNALLED);
            return (word.accept(interrupt, now), arrival);
        }
        let since = self.since_accepted(now).unwrap_or_default();
        if !interrupt || since < SAME_REQUEST {
            return (self, Arrival::Repeat);
        }
        let word = self.increment(INSISTS).accept(true, now);
        let arrival = match force_after {
            1.. if word.count(INTERRUPTS) >= force_after => Arrival::Force,
            _ => Arrival::Insist,
        };
        (word, arrival)
    }

    fn accept(self, interrupt: bool, now: u64) -> Self {
        let counted = if interrupt {
            self.increment(INTERRUPTS)
        } else {
            self
        };
        Word(counted.0 & !(u64::MAX << TIME) | now << TIME)
    }

    fn increment(self, shift: u32) -> Self {
        let count = u64::from(self.count(shift).saturating_add(1));
        Word(self.0 & !(0xff << shift) | count << shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INT: bool = true;
    const TERM: bool = false;

    /// Feeds signals, each with its time, and lists what they were.
    fn arrivals(mut word: Word, force_after: u8, signals: &[(bool, u64)]) -> Vec<Arrival> {
        let step = |&(interrupt, now): &(bool, u64)| {
            let (next, arrival) = word.signal(interrupt, now, force_after);
            word = next;
            arrival
        };
        signals.iter().map(step).collect()
    }

    #[test]
    fn the_first_signal_is_the_request() {
        let (word, arrival) = Word::new().signal(TERM, 5, 0);
        assert_eq!(arrival, Arrival::Request);
        assert_eq!(word.began(), Some(Began::Signal));
        assert!(word.is_requested() && word.cancelled() && word.signalled());
    }

    #[test]
    fn a_draining_app_is_cancelled_later() {
        let (word, _) = Word::new().drain().signal(TERM, 5, 0);
        assert!(word.is_requested() && !word.cancelled());
        assert!(word.cancel().cancelled());
        for why in [Began::Requested, Began::Failed, Began::Panicked] {
            let word = Word::new().drain().begin(why);
            assert!(word.is_requested() && !word.cancelled());
        }
    }

    #[test]
    fn a_drain_may_end_before_a_request() {
        let drained = Word::new().drain().end_drain();
        assert!(!drained.is_requested() && !drained.cancelled());
        assert!(drained.begin(Began::Requested).cancelled());
        let requested = Word::new().drain().begin(Began::Requested);
        assert!(requested.is_requested() && !requested.cancelled());
        assert!(requested.end_drain().cancelled());
    }

    #[test]
    fn what_comes_before_run_has_no_drain() {
        let requests = [
            Word::new().signal(TERM, 5, 0).0,
            Word::new().begin(Began::Requested),
            Word::new().begin(Began::Panicked),
        ];
        for word in requests {
            assert!(word.cancelled());
            assert_eq!(word.drain(), word);
        }
    }

    #[test]
    fn repeats_within_the_window_are_the_same_request() {
        use Arrival::{Insist, Repeat, Request};
        let times = [
            (INT, 1000),
            (INT, 1001),
            (TERM, 1050),
            (INT, 1099),
            (INT, 1100),
            (INT, 1199),
            (INT, 1200),
        ];
        assert_eq!(
            arrivals(Word::new(), 0, &times),
            [Request, Repeat, Repeat, Repeat, Insist, Repeat, Insist]
        );
    }

    #[test]
    fn other_signals_never_escalate() {
        let times: Vec<_> = (0..100).map(|n| (TERM, n * 1000)).collect();
        let seen = arrivals(Word::new(), 2, &times);
        assert!(seen[1..].iter().all(|&arrival| arrival == Arrival::Repeat));
    }

    #[test]
    fn a_request_by_call_is_not_insisted_on_by_the_first_signal() {
        let word = Word::new().begin(Began::Requested);
        assert_eq!(
            arrivals(word, 0, &[(INT, 9000), (INT, 9500)]),
            [Arrival::Late, Arrival::Insist]
        );
    }

    #[test]
    fn the_nth_interrupt_forces() {
        use Arrival::{Force, Insist, Repeat, Request};
        let times = [(INT, 0), (INT, 50), (INT, 100), (INT, 200)];
        assert_eq!(
            arrivals(Word::new(), 3, &times),
            [Request, Repeat, Insist, Force]
        );
        // A SIGTERM does not count as a SIGINT.
        let times = [(TERM, 0), (INT, 300), (INT, 600)];
        assert_eq!(arrivals(Word::new(), 2, &times), [Request, Insist, Force]);
    }

    #[test]
    fn a_clock_that_was_read_early_is_no_insisting() {
        let times = [(INT, 1000), (INT, 999)];
        let seen = arrivals(Word::new(), 2, &times);
        assert_eq!(seen, [Arrival::Request, Arrival::Repeat]);
    }

    #[test]
    fn counts_do_not_run_into_each_other() {
        let times: Vec<_> = (0..1000).map(|n| (INT, n * 300)).collect();
        let mut word = Word::new();
        for (interrupt, now) in times {
            word = word.signal(interrupt, now, 0).0;
        }
        assert_eq!(word.began(), Some(Began::Signal));
        assert_eq!((word.insists(), word.count(INTERRUPTS)), (255, 255));
    }
}
