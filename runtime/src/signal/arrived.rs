//! Which signals have arrived, from whom, and how often.
//!
//! Handlers write this, on any threads and at the same time, and whoever wants to know reads. So all of it is atomics,
//! and nothing in it is ever freed while a handler can run.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use super::received::Signal;
use crate::sys::{Sender, signum::HIGHEST};

/// How many places there are, by the numbers of signals.
const SIGNALS: usize = HIGHEST as usize + 1;

/// How many different shutdown signals an app may have. The order of arrival has room for so many.
pub(crate) const MAX_SHUTDOWN_SIGNALS: usize = 8;

/// The signals that have arrived.
#[derive(Debug)]
pub(crate) struct Arrived {
    /// The shutdown signals that came, each once, one byte each, the first in the lowest byte. So the order of arrival
    /// changes in one compare-and-swap.
    order: AtomicU64,
    /// Who sent each shutdown signal first, by the number of the signal.
    senders: [AtomicU64; SIGNALS],
    /// Who sent each signal last, by the number of the signal.
    last_senders: [AtomicU64; SIGNALS],
    /// How often each signal has arrived, by the number of the signal.
    counts: [AtomicU32; SIGNALS],
}

/// How many of each signal somebody was told of, by the number of the signal.
#[derive(Debug)]
pub(crate) struct Seen(Box<[u32; SIGNALS]>);

/// A sender in 64 bits: this bit says that it is known, 31 bits have the process id, and 32 the user id.
const KNOWN: u64 = 1 << 63;

impl Arrived {
    pub(super) const fn new() -> Self {
        Arrived {
            order: AtomicU64::new(0),
            senders: [const { AtomicU64::new(0) }; SIGNALS],
            last_senders: [const { AtomicU64::new(0) }; SIGNALS],
            counts: [const { AtomicU32::new(0) }; SIGNALS],
        }
    }

    /// Appends the signal to the order of arrival, unless it is there already. Returns whether it was appended.
    ///
    /// Each handler does this before it makes the request. So there is a first signal when the request is made. This
    /// one counts as the signal that has made it, also when handlers run on several threads at once.
    pub(super) fn note(&self, signal: i32, sender: Option<Sender>) -> bool {
        let Some(slot) = self.slot(signal) else {
            return false;
        };
        let byte = u64::from(signal.unsigned_abs());
        // Relaxed: a first guess, which the exchange below corrects.
        let mut order = self.order.load(Ordering::Relaxed);
        loop {
            if signals_in(order).any(|known| known == signal) {
                return false;
            }
            let used = order.checked_ilog2().map_or(0, |bit| bit / 8 + 1);
            if used >= 8 {
                return false;
            }
            if let Some(packed) = sender.map(packed) {
                // If the signal comes several times, the first sender keeps its place. Relaxed: the exchange of the
                // order, which comes after this, publishes it.
                let _ = slot.compare_exchange(0, packed, Ordering::Relaxed, Ordering::Relaxed);
            }
            let next = order | byte << (8 * used);
            // Release: whoever finds the signal in the order sees its sender. Relaxed on failure: what was seen is the
            // next guess.
            let change =
                self.order
                    .compare_exchange(order, next, Ordering::Release, Ordering::Relaxed);
            match change {
                Ok(_) => return true,
                Err(seen) => order = seen,
            }
        }
    }

    /// Counts a signal. The handler tells of it after this, by an event or by making a function due: so whoever hears
    /// of it finds it counted.
    pub(super) fn count(&self, signal: i32, sender: Option<Sender>) {
        let place = position(signal).and_then(|at| self.last_senders.get(at));
        if let (Some(place), Some(count)) = (place, self.count_of(signal)) {
            // Relaxed: the count, which comes after this, publishes it.
            place.store(sender.map_or(0, packed), Ordering::Relaxed);
            // Release: whoever sees the count sees the sender.
            count.fetch_add(1, Ordering::Release);
        }
    }

    /// Returns what has arrived of a signal, beyond so many as the caller has `seen`, as one signal. Returns `None` if
    /// nothing has.
    pub(crate) fn since(&self, signal: i32, seen: &mut u32) -> Option<Signal> {
        // Acquire: whoever sees the count sees the sender.
        let arrived = self.count_of(signal)?.load(Ordering::Acquire);
        // The count may go round at the end of its type.
        let count = arrived.wrapping_sub(std::mem::replace(seen, arrived));
        let last = self.last_senders.get(position(signal)?)?;
        // Relaxed: the load of the count has given the order.
        let sender = unpacked(last.load(Ordering::Relaxed));
        (count > 0).then(|| Signal::of_several(signal, sender, count))
    }

    /// Returns how much has arrived so far. What is not among that sets the event of
    /// [`Inbox::watch`](super::Inbox::watch), which is called before.
    pub(crate) fn seen_so_far(&self) -> Seen {
        // See `Inbox::deliver`.
        fence(Ordering::SeqCst);
        let counts = self.counts.each_ref();
        // Relaxed: the numbers are compared with later ones, and nothing else follows from them.
        Seen(Box::new(counts.map(|count| count.load(Ordering::Relaxed))))
    }

    /// Returns the next shutdown signal that is not among those `seen`, and counts it there. Of several, that comes
    /// first which has arrived first.
    pub(crate) fn next(&self, Seen(seen): &mut Seen) -> Option<Signal> {
        self.shutdown_signals()
            .find_map(|signal| self.since(signal, seen.get_mut(position(signal)?)?))
    }

    /// Returns whether all shutdown signals that have arrived are among those `seen`.
    pub(crate) fn have_all_been(&self, Seen(seen): &Seen) -> bool {
        self.shutdown_signals().all(|signal| {
            let seen = position(signal).and_then(|at| seen.get(at));
            // Acquire: what this finds was noted before.
            let arrived = self.count_of(signal);
            seen.copied() == arrived.map(|count| count.load(Ordering::Acquire))
        })
    }

    /// Returns the numbers of the shutdown signals that came, each once, in the order of their arrival.
    fn shutdown_signals(&self) -> impl Iterator<Item = i32> {
        // Acquire: whoever sees a signal in the order sees its sender, which was stored before the signal was appended.
        signals_in(self.order.load(Ordering::Acquire))
    }

    /// Returns the shutdown signals that came, with their senders, each once, in the order of their arrival.
    pub(crate) fn signals(&self) -> Vec<Signal> {
        self.shutdown_signals()
            .map(|number| self.signal(number))
            .collect()
    }

    /// Returns each signal that has come, whether it is a shutdown signal or calls a function.
    pub(crate) fn all(&self) -> impl Iterator<Item = i32> {
        let counts = (0..).zip(&self.counts);
        // Acquire: what this finds was noted before.
        let come = counts.filter(|(_, count)| count.load(Ordering::Acquire) > 0);
        come.map(|(signal, _)| signal)
    }

    /// Returns whether that shutdown signal has come.
    pub(crate) fn has_come(&self, signal: i32) -> bool {
        self.shutdown_signals().any(|known| known == signal)
    }

    /// Returns the shutdown signal that came first.
    pub(crate) fn first(&self) -> Option<Signal> {
        self.shutdown_signals()
            .next()
            .map(|number| self.signal(number))
    }

    /// Returns a signal that has arrived, with its sender.
    fn signal(&self, number: i32) -> Signal {
        // Relaxed: the number comes from `shutdown_signals`, and the load there has given the order.
        let packed = self
            .slot(number)
            .map_or(0, |slot| slot.load(Ordering::Relaxed));
        Signal::new(number, unpacked(packed))
    }

    /// Returns the place for the sender of that signal.
    fn slot(&self, signal: i32) -> Option<&AtomicU64> {
        self.senders.get(position(signal)?)
    }

    /// Returns the count of that signal.
    fn count_of(&self, signal: i32) -> Option<&AtomicU32> {
        self.counts.get(position(signal)?)
    }
}

/// Returns the place of a signal in the arrays.
fn position(signal: i32) -> Option<usize> {
    usize::try_from(signal).ok()
}

/// Packs a sender, which is known.
fn packed(sender: Sender) -> u64 {
    KNOWN | u64::from(sender.pid) << 32 | u64::from(sender.uid)
}

/// Returns the sender that was packed, if one is known.
fn unpacked(packed: u64) -> Option<Sender> {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "both were packed from 32 bits, the pid without its sign"
    )]
    (packed & KNOWN != 0).then(|| {
        let pid = (packed & !KNOWN) >> 32;
        let uid = packed & u64::from(u32::MAX);
        Sender::new(pid as u32, uid as u32)
    })
}

/// Returns the signals in a packed order of arrival.
fn signals_in(order: u64) -> impl Iterator<Item = i32> {
    order
        .to_le_bytes()
        .into_iter()
        .take_while(|&byte| byte != 0)
        .map(i32::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{SIGHUP, SIGINT, SIGTERM};

    #[test]
    fn keeps_each_signal_once_in_order() {
        let arrived = Arrived::new();
        for signal in [SIGINT, SIGTERM, SIGINT, SIGHUP] {
            arrived.note(signal, Some(Sender::new(7, 8)));
        }
        let numbers: Vec<_> = arrived.signals().iter().map(Signal::number).collect();
        assert_eq!(numbers, [SIGINT, SIGTERM, SIGHUP]);
        assert_eq!(arrived.first().unwrap().sender(), Some(Sender::new(7, 8)));
    }

    #[test]
    fn each_number_has_its_place() {
        let last = i32::from(HIGHEST);
        let arrived = Arrived::new();
        for number in 1..=last {
            assert_eq!(arrived.count_of(number).unwrap().load(Ordering::Relaxed), 0);
            arrived.count(number, Some(Sender::new(number.unsigned_abs(), 8)));
            assert_eq!(arrived.count_of(number).unwrap().load(Ordering::Relaxed), 1);
        }
        for none in [-1, last + 1, i32::MAX] {
            assert!(arrived.count_of(none).is_none());
            arrived.count(none, None);
        }
        arrived.note(last, None);
        assert_eq!(arrived.first().unwrap().number(), last);
    }

    #[test]
    fn a_ninth_signal_is_dropped_from_the_order_only() {
        let arrived = Arrived::new();
        for signal in 40..49 {
            arrived.note(signal, None);
        }
        assert_eq!(arrived.signals().len(), MAX_SHUTDOWN_SIGNALS);
    }

    #[test]
    fn a_signal_that_calls_a_function_stands_for_those_since_the_last_call() {
        let arrived = Arrived::new();
        let mut seen = 0;
        assert_eq!(arrived.since(SIGHUP, &mut seen), None);
        let [one, other] = [Sender::new(7, 8), Sender::new(9, 10)];
        for sender in [None, Some(one), Some(other)] {
            arrived.count(SIGHUP, sender);
        }
        let signal = arrived.since(SIGHUP, &mut seen).unwrap();
        assert_eq!((signal.count(), signal.sender()), (3, Some(other)));
        assert_eq!(arrived.since(SIGHUP, &mut seen), None);
        arrived.count(SIGHUP, None);
        let signal = arrived.since(SIGHUP, &mut seen).unwrap();
        assert_eq!((signal.count(), signal.sender()), (1, None));
        assert_eq!(arrived.since(SIGTERM, &mut 0), None);
    }
}
