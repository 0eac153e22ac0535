//! What happens in a signal handler, and the memory that it happens in.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::decision::{Arrival, Began, Word};
use super::received::Signal;
use super::table::numbers::{SIGCHLD, SIGINT};
use super::table::why_not_handled;
use crate::sys::{
    Event, ReadingEnds, Registration, Sender, die_by, disposition, exit_now, is_home, milliseconds,
};

/// What a signal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// To ask the app to stop.
    Shutdown,
    /// To have a function called: the one at this position.
    Callback(u8),
    /// To say that a child has ended, which may be an orphan.
    Child,
    /// To end PID 1 at once, as the default action ends every other process.
    Quit,
}

/// Signal numbers end at 64 on Linux and below that elsewhere.
const SIGNALS: usize = 65;

/// How many different shutdown signals an app may have: what the order of arrival has room for.
pub(crate) const MAX_SHUTDOWN_SIGNALS: usize = 8;

/// Where signals are noted down, by handlers and by whoever else asks for the shutdown.
///
/// Every field is an atomic or an event, and nothing in it is ever freed while a handler
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
    /// Ready from the request on.
    requested: Event,
    /// Ready from the cancellation on, where `run` drains. Elsewhere the request cancels, and has the one event for both.
    cancelled: Option<Event>,
    /// Tells the listener that there is something to look at.
    listener: Arc<Event>,
    /// Tells the thread of the callbacks that one is due.
    callbacks: Event,
    /// What a Ctrl-C has opened, for the listener.
    reading_ends: ReadingEnds,
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
            reading_ends: ReadingEnds::new(),
        })
    }

    /// Has the signal delivered to this inbox from now on, as [`Registration::new`] says: with the signal blocked on all threads.
    ///
    /// # Errors
    ///
    /// When the signal does not exist, or cannot be handled, which is said in words; or those of
    /// `sigaction(2)`.
    pub(crate) fn register(self: &Arc<Self>, signal: i32, role: Role) -> io::Result<Registration> {
        // That there is no such signal is all that can be wrong with the question.
        let is_missing = || disposition(signal).err().map(|_| "there is no such signal");
        if let Some(why) = why_not_handled(signal).or_else(is_missing) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let inbox = Arc::clone(self);
        Registration::new(signal, move |signal, sender| {
            inbox.deliver(signal, sender, role);
        })
    }

    /// A signal arrives. This is the whole handler.
    ///
    /// Async-signal-safe, which is what [`Registration::new`] asks for. Nothing here allocates, takes a lock or panics: slices are
    /// asked by `get`, and shifts are bounded, since the 64 signals that there are have no more positions than that. What is called are
    /// atomics, `clock_gettime`, `getpid`, `fstat`, `open`, `close` and `write`, and where the process ends `sigaction`,
    /// `pthread_sigmask`, `raise` and `_exit`; signal-safety(7) has all of them.
    ///
    /// No other handler interrupts this one on its thread, but on another thread one may run at the same time.
    fn deliver(&self, signal: i32, sender: Option<Sender>, role: Role) {
        // The child that has ended may be an orphan, whatever else the signal is for.
        if signal == SIGCHLD {
            self.listener.set();
        }
        match role {
            Role::Callback(position) => {
                // Before the event, so that whoever is woken by that finds the callback due. Release: and sees what came before.
                self.due.fetch_or(1 << position, Ordering::Release);
                self.callbacks.set();
            }
            Role::Child => {}
            // Not `die_by`: here it cannot be by the signal, and setrlimit is not async-signal-safe by the book.
            Role::Quit => exit_now(128 + signal),
            Role::Shutdown => {
                if sender.is_none() {
                    // From the terminal, for all of the group: before anybody can see that there was a signal, and
                    // print. This takes some microseconds, for which nobody waits who has pressed a key.
                    self.reading_ends.open();
                }
                // Before the decision: whoever sees the request finds the signal that has made it.
                let is_new = self.note(signal, sender);
                // Before any event is set: whoever is woken by that finds the decision made.
                match self.accept(signal == SIGINT) {
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
            if let Some(sender) = sender {
                let packed = KNOWN | u64::from(sender.pid) << 32 | u64::from(sender.uid);
                // The first of several keeps its place. Relaxed: the exchange of the order, which comes after it, publishes it.
                let _ = slot.compare_exchange(0, packed, Ordering::Relaxed, Ordering::Relaxed);
            }
            let next = order | byte << (8 * used);
            // Release: whoever finds the signal in the order sees its sender. Relaxed on failure: what was seen is the next guess.
            let change =
                self.order
                    .compare_exchange(order, next, Ordering::Release, Ordering::Relaxed);
            match change {
                Ok(_) => return true,
                Err(seen) => order = seen,
            }
        }
    }

    /// Decides what the signal is.
    fn accept(&self, interrupt: bool) -> Arrival {
        let now = milliseconds();
        self.change(|word| word.signal(interrupt, now, self.force_after))
    }

    /// Changes the word in one step, and returns what was decided by that.
    fn change<T>(&self, decide: impl Fn(Word) -> (Word, T)) -> T {
        let mut word = self.word();
        loop {
            let (next, decision) = decide(word);
            // AcqRel: whoever reads this word, or a later one, sees what was noted down before; and we see what was noted down before
            // the words that this one goes on from.
            match self
                .word
                .compare_exchange(word.0, next.0, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return decision,
                Err(seen) => word = Word(seen),
            }
        }
    }

    /// All that was decided so far, and with it what was noted down before.
    #[inline]
    pub(crate) fn word(&self) -> Word {
        // Acquire: after all that was noted down before the word was changed to this.
        Word(self.word.load(Ordering::Acquire))
    }

    /// Only whether the shutdown has begun, as cheaply as can be.
    #[inline]
    pub(crate) fn is_requested(&self) -> bool {
        // Relaxed: an answer of one bit. Whoever wants to know more reads `word`.
        Word(self.word.load(Ordering::Relaxed)).is_requested()
    }

    /// The shutdown begins, for another reason than a signal, unless it had begun. Whether it did.
    pub(crate) fn begin(&self, why: Began) -> bool {
        let began = self.change(|word| (word.begin(why), !word.is_requested()));
        if began && is_home() {
            self.announce_request();
        }
        began
    }

    /// Wakes who waits for the request, and for the cancellation where that is there already. Async-signal-safe.
    fn announce_request(&self) {
        self.requested.set();
        // The request has cancelled `run` as well, unless that drains; then the listener cancels, when the time is up.
        if self.word().cancelled() {
            self.announce_cancellation();
        }
    }

    /// From here on a request leaves time to drain: `run` begins.
    pub(crate) fn drain(&self) {
        self.change(|word| (word.drain(), ()));
    }

    /// `run` is cancelled from here on.
    pub(crate) fn cancel(&self) {
        self.change(|word| (word.cancel(), ()));
        // After the word, so that whoever is woken finds that `run` is cancelled.
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
    fn arrived(&self) -> impl Iterator<Item = i32> {
        // Acquire: after the senders were stored, which is before their signals were appended.
        signals_in(self.order.load(Ordering::Acquire))
    }

    /// The shutdown signals that came, each once, in the order of their arrival.
    pub(crate) fn signals(&self) -> Vec<Signal> {
        self.arrived().map(|number| self.signal(number)).collect()
    }

    /// Whether this one did.
    pub(crate) fn has_come(&self, signal: i32) -> bool {
        self.arrived().any(|known| known == signal)
    }

    /// The first of them.
    pub(crate) fn first_signal(&self) -> Option<Signal> {
        self.arrived().next().map(|number| self.signal(number))
    }

    /// A signal that has arrived, with its sender.
    fn signal(&self, number: i32) -> Signal {
        // Relaxed: `arrived`, which has told the number, has the order.
        let packed = self
            .slot(number)
            .map_or(0, |slot| slot.load(Ordering::Relaxed));
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

    /// The place of its sender.
    fn slot(&self, signal: i32) -> Option<&AtomicU64> {
        self.senders.get(usize::try_from(signal).ok()?)
    }

    /// Takes the callbacks that are due, as a set of their positions.
    pub(crate) fn take_due(&self) -> u64 {
        // Before they are taken: a signal that comes between the two sets the event again, where the other way round it would be
        // cleared with nothing taken.
        self.callbacks.clear();
        // Acquire: after the handlers that have made them due.
        self.due.swap(0, Ordering::Acquire)
    }

    /// Takes the callbacks that are due, where there may be none, as cheaply as can be.
    pub(crate) fn take_due_if_any(&self) -> u64 {
        // Relaxed: `take_due` has the order. One that becomes due at this very moment is seen at the next look.
        match self.due.load(Ordering::Relaxed) {
            0 => 0,
            _ => self.take_due(),
        }
    }

    /// Ready from the request on.
    pub(crate) fn requested_event(&self) -> &Event {
        &self.requested
    }

    /// Ready from the cancellation on.
    pub(crate) fn cancelled_event(&self) -> &Event {
        self.cancelled.as_ref().unwrap_or(&self.requested)
    }

    /// What the listener is told by.
    pub(crate) fn listener_event(&self) -> &Arc<Event> {
        &self.listener
    }

    /// What the thread of the callbacks is told by.
    pub(crate) fn callbacks_event(&self) -> &Event {
        &self.callbacks
    }

    /// What handlers have opened, for the listener, and for whoever takes the handlers away.
    pub(crate) fn reading_ends(&self) -> &ReadingEnds {
        &self.reading_ends
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
    use crate::signal::{SIGHUP, SIGTERM};
    use crate::sys::wait_until_ready;

    #[test]
    fn keeps_each_signal_once_in_order() {
        let inbox = Inbox::new(false, 0).unwrap();
        for signal in [SIGINT, SIGTERM, SIGINT, SIGHUP] {
            inbox.deliver(signal, Some(Sender::new(7, 8)), Role::Shutdown);
        }
        let numbers: Vec<_> = inbox.signals().iter().map(Signal::number).collect();
        assert_eq!(numbers, [SIGINT, SIGTERM, SIGHUP]);
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
                inbox.deliver(SIGCHLD, None, role);
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
        inbox.deliver(SIGHUP, None, Role::Callback(2));
        inbox.deliver(SIGHUP, None, Role::Callback(2));
        assert_eq!(inbox.take_due(), 0b100);
        assert_eq!(inbox.take_due(), 0);
        assert!(!inbox.word().is_requested());
    }
}
