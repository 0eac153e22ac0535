//! What happens in a signal handler, and the memory that it happens in.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Arrival, Began, Sender, Signal, Word};
use crate::sys::{Event, Holds, die_by, exit_now, is_home, milliseconds};

/// What a signal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It asks the app to stop.
    Shutdown,
    /// It has a function called: the one at this position.
    Callback(u8),
    /// It says that a child has ended, which may be an orphan.
    Child,
    /// Ends PID 1 at once, as the default action ends every other process.
    Quit,
}

/// Signal numbers end at 64 on Linux and below that elsewhere.
const SIGNALS: usize = 65;

/// How many different shutdown signals an app may have: what [`Inbox::order`] has room for.
pub(crate) const MAX_SHUTDOWN_SIGNALS: usize = 8;

/// Where signals are noted down, by handlers and by whoever else asks for the shutdown.
///
/// Every field is an atomic or a descriptor, and nothing in it is ever freed while a handler
/// can run.
#[derive(Debug)]
pub(crate) struct Inbox {
    word: AtomicU64,
    /// The shutdown signals that came, each once, one byte each, the first in the lowest: the
    /// order of arrival in one compare-and-swap.
    order: AtomicU64,
    /// By signal number: who sent it first.
    senders: [AtomicU64; SIGNALS],
    /// By position: which callbacks are due.
    due: AtomicU64,
    force_after: u8,
    /// Readable from the request on.
    requested: Event,
    /// Readable from the cancellation on, where that comes later; else it is the same.
    cancelled: Option<Event>,
    /// Tells the listener that there is something to look at.
    listener: Arc<Event>,
    /// Tells the thread of the callbacks that one is due.
    callbacks: Event,
    /// What a signal has taken hold of, for the listener.
    holds: Holds,
}

/// A sender in 64 bits: known, 31 bits of process id, 32 of user id.
const KNOWN: u64 = 1 << 63;

impl Inbox {
    /// An empty one, of an app whose `run` drains or not.
    ///
    /// # Errors
    ///
    /// When the process or the system has no descriptor left.
    pub(crate) fn new(drains: bool, force_after: u8) -> io::Result<Self> {
        Ok(Inbox {
            word: AtomicU64::new(Word::new().0),
            order: AtomicU64::new(0),
            senders: [const { AtomicU64::new(0) }; SIGNALS],
            due: AtomicU64::new(0),
            force_after,
            requested: Event::new()?,
            cancelled: if drains { Some(Event::new()?) } else { None },
            listener: Arc::new(Event::new()?),
            callbacks: Event::new()?,
            holds: Holds::new(),
        })
    }

    /// A signal arrives. Async-signal-safe; this is the whole handler.
    pub(crate) fn deliver(&self, signal: i32, sender: Option<Sender>, role: Role) {
        // The child that has ended may be an orphan, whatever else the signal is for.
        if signal == libc::SIGCHLD {
            self.listener.set();
        }
        match role {
            Role::Callback(position) => {
                self.due.fetch_or(1 << position, Ordering::Release);
                self.callbacks.set();
            }
            Role::Child => {}
            // Not `die_by`: here it cannot be by the signal, and setrlimit is not async-signal-safe by the book.
            Role::Quit => exit_now(128 + signal),
            Role::Shutdown => {
                if sender.is_none() {
                    // From the terminal, for all of the group: before anybody can see that there was a signal, and
                    // print. It takes some microseconds, for which nobody waits who has pressed a key.
                    self.holds.take();
                }
                let is_new = self.note(signal, sender);
                let interrupt = signal == libc::SIGINT;
                let arrival = self.accept(interrupt);
                match arrival {
                    Arrival::Request => self.announce_request(),
                    Arrival::Late | Arrival::Insist => self.listener.set(),
                    Arrival::Repeat if is_new => self.listener.set(),
                    Arrival::Repeat => {}
                    Arrival::Force => die_by(signal),
                }
            }
        }
    }

    /// Appends the signal to the order of arrival, unless it is there. Whether it did.
    ///
    /// Before the request is made, and by whichever handler gets there first: so the first
    /// in order is the one whose request it is, also when handlers run on several threads at once.
    fn note(&self, signal: i32, sender: Option<Sender>) -> bool {
        let Some(slot) = usize::try_from(signal)
            .ok()
            .and_then(|n| self.senders.get(n))
        else {
            return false;
        };
        let byte = u64::from(signal.unsigned_abs());
        let mut order = self.order.load(Ordering::Relaxed);
        loop {
            if signals_in(order).any(|known| known == signal) {
                return false;
            }
            let used = order.checked_ilog2().map_or(0, |bit| bit / 8 + 1);
            if used >= 8 {
                return false;
            }
            if let Some(sender) = sender {
                let packed = KNOWN | u64::from(sender.pid) << 32 | u64::from(sender.uid);
                // The first of several keeps its place.
                let _ = slot.compare_exchange(0, packed, Ordering::Relaxed, Ordering::Relaxed);
            }
            let next = order | byte << (8 * used);
            match self
                .order
                .compare_exchange(order, next, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return true,
                Err(seen) => order = seen,
            }
        }
    }

    fn accept(&self, interrupt: bool) -> Arrival {
        let now = milliseconds();
        let mut word = self.word();
        loop {
            let (next, arrival) = word.signal(interrupt, now, self.force_after);
            match self
                .word
                .compare_exchange(word.0, next.0, Ordering::SeqCst, Ordering::SeqCst)
            {
                Ok(_) => return arrival,
                Err(seen) => word = Word(seen),
            }
        }
    }

    /// All that was decided so far, and with it what was noted down before.
    #[inline]
    pub(crate) fn word(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    /// Only whether the shutdown has begun, as cheaply as can be.
    #[inline]
    pub(crate) fn is_requested(&self) -> bool {
        Word(self.word.load(Ordering::Relaxed)).is_requested()
    }

    /// The shutdown begins, for another reason than a signal, unless it had begun. Whether it did.
    pub(crate) fn begin(&self, why: Began) -> bool {
        let next = |word| {
            let next = Word(word).begin(why);
            (next.0 != word).then_some(next.0)
        };
        let began = self
            .word
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, next)
            .is_ok();
        if began && is_home() {
            self.announce_request();
        }
        began
    }

    /// Wakes who waits for the request, and for the cancellation where that is there already. Async-signal-safe.
    fn announce_request(&self) {
        self.requested.set();
        if self.word().cancelled() {
            self.announce_cancellation();
        }
    }

    /// From here on a request leaves time to drain: `run` begins.
    pub(crate) fn drain(&self) {
        let next = |word| Some(Word(word).drain().0);
        // It never fails: the function always has a next word.
        let _ = self
            .word
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
    }

    /// `run` is cancelled from here on.
    pub(crate) fn cancel(&self) {
        self.word.fetch_or(Word(0).cancel().0, Ordering::SeqCst);
        self.announce_cancellation();
    }

    /// The events are the parent's as well, in a forked child: it must not wake who sleeps there.
    fn announce_cancellation(&self) {
        if let Some(cancelled) = self.cancelled.as_ref().filter(|_| is_home()) {
            cancelled.set();
        }
    }

    /// Wakes who waits for a request, or the cancellation, that nobody can make any more.
    pub(crate) fn close(&self) {
        if is_home() {
            self.requested.set();
        }
        self.announce_cancellation();
    }

    /// Tells the listener that there is something to look at.
    pub(crate) fn tell_listener(&self) {
        if is_home() {
            self.listener.set();
        }
    }

    /// The shutdown signals that came, each once, in the order of their arrival.
    pub(crate) fn signals(&self) -> Vec<Signal> {
        let order = self.order.load(Ordering::Acquire);
        signals_in(order)
            .map(|number| self.signal(number))
            .collect()
    }

    /// Whether this one did.
    pub(crate) fn has_come(&self, signal: i32) -> bool {
        signals_in(self.order.load(Ordering::Acquire)).any(|known| known == signal)
    }

    /// The first of them.
    pub(crate) fn first_signal(&self) -> Option<Signal> {
        let order = self.order.load(Ordering::Acquire);
        signals_in(order).next().map(|number| self.signal(number))
    }

    fn signal(&self, number: i32) -> Signal {
        let slot = usize::try_from(number)
            .ok()
            .and_then(|n| self.senders.get(n));
        let packed = slot.map_or(0, |slot| slot.load(Ordering::Relaxed));
        #[allow(
            clippy::cast_possible_truncation,
            reason = "both were packed from 32 bits, the pid without its sign"
        )]
        let sender = (packed & KNOWN != 0).then(|| {
            let pid = (packed & !KNOWN) >> 32;
            let uid = packed & u64::from(u32::MAX);
            Sender::new(pid as u32, uid as u32)
        });
        Signal::new(number, sender)
    }

    /// Takes the callbacks that are due, as a set of their positions.
    pub(crate) fn take_due(&self) -> u64 {
        self.callbacks.clear();
        self.due.swap(0, Ordering::Acquire)
    }

    /// The same where there may be none, as cheaply as can be.
    pub(crate) fn take_due_if_any(&self) -> u64 {
        match self.due.load(Ordering::Relaxed) {
            0 => 0,
            _ => self.take_due(),
        }
    }

    /// What is readable from the request on.
    pub(crate) fn requested_event(&self) -> &Event {
        &self.requested
    }

    /// What is readable from the cancellation on.
    pub(crate) fn cancelled_event(&self) -> &Event {
        self.cancelled.as_ref().unwrap_or(&self.requested)
    }

    /// What the listener is told by.
    pub(crate) fn listener_event(&self) -> &Arc<Event> {
        &self.listener
    }

    /// No handler is there any more that writes to this.
    pub(crate) fn retire(&self) {
        self.holds.give_up();
    }

    /// What signals have taken hold of.
    pub(crate) fn holds(&self) -> &Holds {
        &self.holds
    }

    /// What the thread of the callbacks is told by.
    pub(crate) fn callbacks_event(&self) -> &Event {
        &self.callbacks
    }
}

/// The signals in a packed order of arrival.
fn signals_in(order: u64) -> impl Iterator<Item = i32> {
    order
        .to_le_bytes()
        .into_iter()
        .take_while(|&byte| byte != 0)
        .map(i32::from)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sys::wait_until_ready;

    #[test]
    fn keeps_each_signal_once_in_order() {
        let inbox = Inbox::new(false, 0).unwrap();
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
            inbox.deliver(signal, Some(Sender::new(7, 8)), Role::Shutdown);
        }
        let numbers: Vec<_> = inbox.signals().iter().map(Signal::number).collect();
        assert_eq!(numbers, [libc::SIGINT, libc::SIGTERM, libc::SIGHUP]);
        assert_eq!(
            inbox.first_signal().unwrap().sender(),
            Some(Sender::new(7, 8))
        );
        assert_eq!(inbox.word().began(), Some(Began::Signal));
    }

    #[test]
    fn a_ninth_signal_is_dropped_from_the_order_only() {
        let inbox = Inbox::new(false, 0).unwrap();
        for signal in 40..49 {
            inbox.deliver(signal, None, Role::Shutdown);
        }
        assert_eq!(inbox.signals().len(), MAX_SHUTDOWN_SIGNALS);
    }

    /// Or an orphan stays a zombie until the listener wakes for another reason.
    #[test]
    fn the_listener_hears_of_a_childs_end_whatever_that_signal_is_for() {
        for role in [Role::Shutdown, Role::Callback(0), Role::Child] {
            let inbox = Inbox::new(false, 0).unwrap();
            for _ in 0..2 {
                inbox.deliver(libc::SIGCHLD, None, role);
                let listener = inbox.listener_event();
                let heard = wait_until_ready(&[&**listener], Some(Duration::ZERO));
                assert_eq!(heard.unwrap(), Some(0), "{role:?}");
                listener.clear();
            }
        }
    }

    #[test]
    fn callbacks_are_due_until_taken() {
        let inbox = Inbox::new(false, 0).unwrap();
        inbox.deliver(libc::SIGHUP, None, Role::Callback(2));
        inbox.deliver(libc::SIGHUP, None, Role::Callback(2));
        assert_eq!(inbox.take_due(), 0b100);
        assert_eq!(inbox.take_due(), 0);
        assert!(!inbox.word().is_requested());
    }
}
