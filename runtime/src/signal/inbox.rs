//! What happens in a signal handler, and the memory that it happens in.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};
use std::time::Duration;

use once_cell::sync::OnceCell;

use super::decision::{Arrival, Began, Word};
use super::received::Signal;
use super::table::numbers::{SIGCHLD, SIGHUP, SIGINT};
use super::table::{why_no_shutdown_signal, why_not_handled};
use crate::sys::{
    Event, Process, ReadingEnds, Registration, Sender, code_of, die_by, disposition,
    end_by_default_action, exit_now, milliseconds, note_closed_descriptor, replace_lost_terminal,
    signum::HIGHEST,
};

/// What a signal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The signal asks the app to stop.
    Shutdown,
    /// The signal calls the function at this position.
    Callback(u8),
    /// The signal says that a child has ended, which may be an orphan.
    Child,
    /// The signal ends PID 1 at once, as the default action ends every other process.
    Quit,
}

/// How many places there are, by the numbers of signals.
const SIGNALS: usize = HIGHEST as usize + 1;

/// How many different shutdown signals an app may have. The order of arrival has room for so many.
pub(crate) const MAX_SHUTDOWN_SIGNALS: usize = 8;

/// How many signals of an app may call a function. The set of those that are due has room for so many.
pub(crate) const MAX_CALLBACKS: usize = 64;

/// Where signals are noted down, by handlers and by whoever else asks for the shutdown.
///
/// Every field is an atomic or an event, and nothing in it is ever freed while a handler
/// can run.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// The process whose threads sleep on the events. A forked child has the same events, and must not wake those threads.
    home: Process,
    word: AtomicU64,
    /// The shutdown signals that came, each once, one byte each, the first in the lowest byte. So the order of arrival
    /// changes in one compare-and-swap.
    order: AtomicU64,
    /// Who sent each shutdown signal first, by the number of the signal.
    senders: [AtomicU64; SIGNALS],
    /// Who sent each signal last, by the number of the signal.
    last_senders: [AtomicU64; SIGNALS],
    /// How often each signal has arrived, by the number of the signal.
    arrivals: [AtomicU32; SIGNALS],
    /// Which callbacks are due: one bit for each position.
    due: AtomicU64,
    force_after: u8,
    /// Whether the SIGINT that forces the end is an exit with 128 + n, and no death.
    forces_by_code: bool,
    /// Ready from the request on.
    requested: Event,
    /// Ready from the cancellation on, where `run` may drain. Elsewhere the request cancels, and one event stands for
    /// both.
    cancelled: Option<Event>,
    /// Tells the listener that there is something to look at.
    listener: Arc<Event>,
    /// Tells the thread of the callbacks that one is due.
    callbacks: Event,
    /// Tells the thread of `on_signal` that a shutdown signal has arrived. Made by the first who wants to know.
    watchers: OnceCell<Event>,
    /// Whether no signal arrives here any more, since the handlers are gone.
    retired: AtomicBool,
    /// The reading ends that a Ctrl-C has opened, for the listener.
    reading_ends: ReadingEnds,
}

/// How many of each signal somebody was told of, by the number of the signal.
#[derive(Debug)]
pub(crate) struct Seen(Box<[u32; SIGNALS]>);

/// A sender in 64 bits: this bit says that it is known, 31 bits have the process id, and 32 the user id.
const KNOWN: u64 = 1 << 63;

impl Inbox {
    /// Makes an empty inbox. `may_drain` says whether the app's `run` may drain.
    ///
    /// # Errors
    ///
    /// When the process or the system has no descriptor left.
    pub(crate) fn new(may_drain: bool, force_after: u8) -> io::Result<Self> {
        Ok(Inbox {
            home: Process::current(),
            word: AtomicU64::new(Word::new().0),
            order: AtomicU64::new(0),
            senders: [const { AtomicU64::new(0) }; SIGNALS],
            last_senders: [const { AtomicU64::new(0) }; SIGNALS],
            arrivals: [const { AtomicU32::new(0) }; SIGNALS],
            due: AtomicU64::new(0),
            force_after,
            forces_by_code: false,
            requested: Event::new()?,
            cancelled: if may_drain { Some(Event::new()?) } else { None },
            listener: Arc::new(Event::new()?),
            callbacks: Event::new()?,
            watchers: OnceCell::new(),
            retired: AtomicBool::new(false),
            reading_ends: ReadingEnds::new(),
        })
    }

    /// Has the SIGINT that forces the end be an exit with 128 + n.
    pub(crate) fn force_by_code(mut self) -> Self {
        self.forces_by_code = true;
        self
    }

    /// Has the signal delivered to this inbox from now on. The signal has to be blocked on all threads:
    /// [`Registration::new`] says why.
    ///
    /// # Errors
    ///
    /// When the signal does not exist, or cannot be handled: then the error says so in words. Also those of
    /// `sigaction(2)`.
    pub(crate) fn register(self: &Arc<Self>, signal: i32, role: Role) -> io::Result<Registration> {
        // This question can fail for one reason only: there is no such signal.
        let is_missing = || disposition(signal).err().map(|_| "there is no such signal");
        let refusal = match role {
            Role::Shutdown => why_no_shutdown_signal(signal),
            Role::Callback(_) | Role::Child | Role::Quit => why_not_handled(signal),
        };
        if let Some(why) = refusal.or_else(is_missing) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let inbox = Arc::clone(self);
        Registration::new(signal, move |signal, sender| {
            inbox.deliver(signal, sender, role);
        })
    }

    /// Takes a signal that arrives. This is the whole handler.
    ///
    /// This is async-signal-safe, which is what [`Registration::new`] asks for. Nothing here allocates, takes a lock or
    /// panics. Slices are read by `get`. Shifts are bounded: there are no more positions than [`MAX_CALLBACKS`].
    /// The handler uses atomics and calls `clock_gettime`, `getpid`, `fstat`, `open`, `close` and `write`, and for SIGHUP
    /// `tcgetattr` and `dup2`. Where the process ends it calls `tcgetpgrp`, `getpgrp`, `tcsetattr`, `sigaction`,
    /// `pthread_sigmask`, `raise` and `_exit`. signal-safety(7) lists all of these functions.
    ///
    /// No other handler interrupts this one on its thread, but on another thread one may run at the same time.
    fn deliver(&self, signal: i32, sender: Option<Sender>, role: Role) {
        if signal == SIGHUP {
            // Whoever hears of the signal may print, and a write to a terminal that is gone fails. So this comes before all else.
            replace_lost_terminal();
        }
        // The child that has ended may be an orphan, whatever else the signal is for.
        let mut told = signal != SIGCHLD || self.listener.try_set();
        told &= match role {
            Role::Callback(position) => {
                self.count(signal, sender);
                // The mark is set before the event, so that whoever the event wakes finds the callback due. Release: it
                // also sees what came before.
                self.due.fetch_or(1 << position, Ordering::Release);
                self.callbacks.try_set()
            }
            Role::Child => true,
            // Only PID 1 has this role, and the kernel lets no default action end PID 1. So `die_by`, which ends a
            // process by that action, could not do it. It would also call setrlimit for SIGQUIT, which signal-safety(7)
            // does not list.
            Role::Quit => exit_now(code_of(signal).into()),
            Role::Shutdown => {
                if sender.is_none() {
                    // The terminal has sent the signal, and to all of the group: so those who read what we print may
                    // die of it. The reading ends are opened here, before anybody can see that there was a signal, and
                    // print. This takes some microseconds. Whoever has pressed the key does not wait for them.
                    self.reading_ends.open();
                }
                // The signal is noted before the decision, so that whoever sees the request finds the signal that has
                // made it.
                let is_new = self.note(signal, sender);
                self.count(signal, sender);
                // The decision is made before any event is set, so that whoever is woken by one finds it made.
                let told = match self.accept(signal == SIGINT) {
                    Arrival::Request => self.announce_request(),
                    Arrival::Late | Arrival::Insist => self.listener.try_set(),
                    Arrival::Repeat if is_new => self.listener.try_set(),
                    Arrival::Repeat => true,
                    Arrival::Force if self.forces_by_code => exit_now(code_of(signal).into()),
                    Arrival::Force => die_by(signal),
                };
                // The signal was counted before this looks for the event, and `seen_so_far` is called after the event
                // was made. With a full fence between the two on both sides, at least one of the two sees the other: so
                // a signal is either among those that were there before, or sets the event.
                fence(Ordering::SeqCst);
                let watchers_told = self.watchers.get().is_none_or(Event::try_set);
                told && watchers_told
            }
        };
        if !told {
            // Other code has closed our descriptors, so nobody would hear of the signal. A handler cannot say so, and
            // a signal that does nothing would leave a process that cannot be stopped.
            end_by_default_action(signal);
        }
    }

    /// Appends the signal to the order of arrival, unless it is there already. Returns whether it was appended.
    ///
    /// Each handler does this before it makes the request. So there is a first signal when the request is made. This
    /// one counts as the signal that has made it, also when handlers run on several threads at once.
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
            if let Some(packed) = sender.map(packed) {
                // If the signal comes several times, the first sender keeps its place. Relaxed: the exchange of the
                // order, which comes after this, publishes it.
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

    /// Counts a signal. The handler tells of it after this, by an event or by making a function due: so whoever hears of
    /// it finds it counted.
    fn count(&self, signal: i32, sender: Option<Sender>) {
        let place = position(signal).and_then(|at| self.last_senders.get(at));
        if let (Some(place), Some(arrivals)) = (place, self.arrivals_of(signal)) {
            // Relaxed: the count, which comes after this, publishes it.
            place.store(sender.map_or(0, packed), Ordering::Relaxed);
            // Release: whoever sees the count sees the sender.
            arrivals.fetch_add(1, Ordering::Release);
        }
    }

    /// Returns what has arrived of a signal, beyond so many as the caller has `seen`, as one signal. Returns `None` if
    /// nothing has.
    pub(crate) fn arrived_since(&self, signal: i32, seen: &mut u32) -> Option<Signal> {
        // Acquire: whoever sees the count sees the sender.
        let arrived = self.arrivals_of(signal)?.load(Ordering::Acquire);
        // The count may go round at the end of its type.
        let count = arrived.wrapping_sub(std::mem::replace(seen, arrived));
        let last = self.last_senders.get(position(signal)?)?;
        // Relaxed: the load of the count has given the order.
        let sender = unpacked(last.load(Ordering::Relaxed));
        (count > 0).then(|| Signal::of_several(signal, sender, count))
    }

    /// Has an event set whenever a shutdown signal arrives.
    ///
    /// # Errors
    ///
    /// When the process or the system has no descriptor left.
    pub(crate) fn watch(&self) -> io::Result<()> {
        self.watchers.get_or_try_init(Event::new).map(drop)
    }

    /// Returns the event that is set whenever a shutdown signal arrives, if somebody has asked for it.
    pub(crate) fn watchers_event(&self) -> Option<&Event> {
        self.watchers.get()
    }

    /// Returns how much has arrived so far. What is not among that sets the event of [`watch`](Self::watch), which is
    /// called before.
    pub(crate) fn seen_so_far(&self) -> Seen {
        // See `deliver`.
        fence(Ordering::SeqCst);
        let arrivals = self.arrivals.each_ref();
        // Relaxed: the numbers are compared with later ones, and nothing else follows from them.
        Seen(Box::new(
            arrivals.map(|count| count.load(Ordering::Relaxed)),
        ))
    }

    /// Returns the next shutdown signal that is not among those `seen`, and counts it there. Of several, that comes
    /// first which has arrived first.
    pub(crate) fn next_arrived(&self, Seen(seen): &mut Seen) -> Option<Signal> {
        self.arrived()
            .find_map(|signal| self.arrived_since(signal, seen.get_mut(position(signal)?)?))
    }

    /// Returns whether all shutdown signals that have arrived are among those `seen`.
    pub(crate) fn have_all_been(&self, Seen(seen): &Seen) -> bool {
        self.arrived().all(|signal| {
            let seen = position(signal).and_then(|at| seen.get(at));
            // Acquire: what this finds was noted before.
            let arrived = self.arrivals_of(signal);
            seen.copied() == arrived.map(|count| count.load(Ordering::Acquire))
        })
    }

    /// Notes that the handlers are gone: no signal arrives here any more.
    pub(crate) fn retire(&self) {
        // SeqCst is more than is needed: the flag is set before the event, so whoever that wakes finds it set.
        self.retired.store(true, Ordering::SeqCst);
        self.tell_watchers();
    }

    /// Returns whether no signal arrives here any more.
    pub(crate) fn is_retired(&self) -> bool {
        // SeqCst is more than is needed, as in `retire`.
        self.retired.load(Ordering::SeqCst)
    }

    fn tell_watchers(&self) {
        if let Some(event) = self.watchers.get().filter(|_| self.is_home()) {
            event.set();
        }
    }

    /// Decides what the signal is, and notes the decision in the word.
    fn accept(&self, interrupt: bool) -> Arrival {
        let now = milliseconds();
        self.change(|word| word.signal(interrupt, now, self.force_after))
    }

    /// Returns how long ago the last shutdown signal was accepted. `None` where none was.
    pub(crate) fn since_accepted(&self) -> Option<Duration> {
        self.word().since_accepted(milliseconds())
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

    /// Returns all that was decided so far. Whoever reads it sees what was noted down before.
    #[inline]
    pub(crate) fn word(&self) -> Word {
        // Acquire: the caller goes on after all that was noted down before the word was changed to this.
        Word(self.word.load(Ordering::Acquire))
    }

    /// Returns only whether the shutdown has begun, as cheaply as can be.
    #[inline]
    pub(crate) fn is_requested(&self) -> bool {
        // Relaxed: the answer is one bit. Whoever wants to know more reads `word`.
        Word(self.word.load(Ordering::Relaxed)).is_requested()
    }

    /// Begins the shutdown for another reason than a signal, unless it had begun. Returns whether it begins with this
    /// call.
    pub(crate) fn begin(&self, why: Began) -> bool {
        let began = self.change(|word| (word.begin(why), !word.is_requested()));
        if began && self.is_home() && !self.announce_request() {
            note_closed_descriptor();
        }
        began
    }

    /// Wakes whoever waits for the request. Where `run` is cancelled already, this also wakes whoever waits for the
    /// cancellation. Returns `false` where other code has closed the events. Async-signal-safe.
    fn announce_request(&self) -> bool {
        let told = self.requested.try_set();
        // The request has cancelled `run` as well, unless that drains; then the listener cancels, when the time is up.
        told && (!self.word().cancelled() || self.announce_cancellation())
    }

    /// Returns whether this process has made the inbox, and is no forked child of the one that has. Elsewhere nobody waits for the
    /// events, and no signal is delivered here.
    pub(crate) fn is_home(&self) -> bool {
        self.home.is_current()
    }

    /// Notes that a `run` begins that drains: from here on a request leaves time for that.
    pub(crate) fn drain(&self) {
        self.change(|word| (word.drain(), ()));
    }

    /// Ends the drain, before or after a request.
    pub(crate) fn end_drain(&self) {
        self.change(|word| (word.end_drain(), ()));
        if self.word().cancelled() && !self.announce_cancellation() {
            note_closed_descriptor();
        }
    }

    /// Cancels `run`.
    pub(crate) fn cancel(&self) {
        self.change(|word| (word.cancel(), ()));
        // The word is changed first, and the event set after that, so that whoever is woken finds that `run` is
        // cancelled.
        if !self.announce_cancellation() {
            note_closed_descriptor();
        }
    }

    /// Wakes whoever waits for the cancellation. Returns `false` where other code has closed the event. A forked child does nothing here: the events are the parent's as well,
    /// and the child must not wake those who sleep there.
    fn announce_cancellation(&self) -> bool {
        let cancelled = self.cancelled.as_ref().filter(|_| self.is_home());
        cancelled.is_none_or(Event::try_set)
    }

    /// Wakes whoever waits for a request, or for the cancellation, when nobody can make one any more.
    pub(crate) fn close(&self) {
        if self.is_home() {
            self.requested.set();
        }
        if !self.announce_cancellation() {
            note_closed_descriptor();
        }
        self.tell_watchers();
    }

    /// Tells the listener that there is something to look at.
    pub(crate) fn tell_listener(&self) {
        if self.is_home() {
            self.listener.set();
        }
    }

    /// Returns the numbers of the shutdown signals that came, each once, in the order of their arrival.
    fn arrived(&self) -> impl Iterator<Item = i32> {
        // Acquire: whoever sees a signal in the order sees its sender, which was stored before the signal was appended.
        signals_in(self.order.load(Ordering::Acquire))
    }

    /// Returns the shutdown signals that came, with their senders, each once, in the order of their arrival.
    pub(crate) fn signals(&self) -> Vec<Signal> {
        self.arrived().map(|number| self.signal(number)).collect()
    }

    /// Returns each signal that has come, whether it is a shutdown signal or calls a function.
    pub(crate) fn all_that_arrived(&self) -> impl Iterator<Item = i32> {
        let counts = (0..).zip(&self.arrivals);
        // Acquire: what this finds was noted before.
        let come = counts.filter(|(_, count)| count.load(Ordering::Acquire) > 0);
        come.map(|(signal, _)| signal)
    }

    /// Returns whether that shutdown signal has come.
    pub(crate) fn has_come(&self, signal: i32) -> bool {
        self.arrived().any(|known| known == signal)
    }

    /// Returns the shutdown signal that came first.
    pub(crate) fn first_signal(&self) -> Option<Signal> {
        self.arrived().next().map(|number| self.signal(number))
    }

    /// Returns a signal that has arrived, with its sender.
    fn signal(&self, number: i32) -> Signal {
        // Relaxed: the number comes from `arrived`, and the load there has given the order.
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
    fn arrivals_of(&self, signal: i32) -> Option<&AtomicU32> {
        self.arrivals.get(position(signal)?)
    }

    /// Takes the callbacks that are due, as a set of their positions.
    pub(crate) fn take_due(&self) -> u64 {
        // The event is cleared before the callbacks are taken: a signal that comes between the two sets the event
        // again. In the other order, that event would be cleared with nothing taken.
        self.callbacks.clear();
        // Acquire: the caller goes on after what was done by the handlers that have made the callbacks due.
        self.due.swap(0, Ordering::Acquire)
    }

    /// Takes the callbacks that are due, as [`take_due`](Self::take_due) does, but as cheaply as can be where there are
    /// none.
    pub(crate) fn take_due_if_any(&self) -> u64 {
        // Relaxed: `take_due` has the order. A callback that becomes due at this very moment is seen at the next look.
        match self.due.load(Ordering::Relaxed) {
            0 => 0,
            _ => self.take_due(),
        }
    }

    /// Returns the event that is ready from the request on.
    pub(crate) fn requested_event(&self) -> &Event {
        &self.requested
    }

    /// Returns the event that is ready from the cancellation on.
    pub(crate) fn cancelled_event(&self) -> &Event {
        self.cancelled.as_ref().unwrap_or(&self.requested)
    }

    /// Returns the event that tells the listener that there is something to look at.
    pub(crate) fn listener_event(&self) -> &Arc<Event> {
        &self.listener
    }

    /// Returns the event that tells the thread of the callbacks that one is due.
    pub(crate) fn callbacks_event(&self) -> &Event {
        &self.callbacks
    }

    /// Returns the reading ends that handlers have opened. The listener takes them, and so does whoever takes the
    /// handlers away.
    pub(crate) fn reading_ends(&self) -> &ReadingEnds {
        &self.reading_ends
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
    use std::time::Duration;

    use super::*;
    use crate::signal::SIGTERM;
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
    fn each_number_has_its_place() {
        let last = i32::from(HIGHEST);
        let inbox = Inbox::new(false, 0).unwrap();
        for number in 1..=last {
            assert_eq!(
                inbox.arrivals_of(number).unwrap().load(Ordering::Relaxed),
                0
            );
            inbox.count(number, Some(Sender::new(number.unsigned_abs(), 8)));
            assert_eq!(
                inbox.arrivals_of(number).unwrap().load(Ordering::Relaxed),
                1
            );
        }
        for none in [-1, last + 1, i32::MAX] {
            assert!(inbox.arrivals_of(none).is_none());
            inbox.count(none, None);
        }
        inbox.deliver(last, None, Role::Shutdown);
        assert_eq!(inbox.first_signal().unwrap().number(), last);
    }

    #[test]
    fn a_ninth_signal_is_dropped_from_the_order_only() {
        let inbox = Inbox::new(false, 0).unwrap();
        for signal in 40..49 {
            inbox.deliver(signal, None, Role::Shutdown);
        }
        assert_eq!(inbox.signals().len(), MAX_SHUTDOWN_SIGNALS);
    }

    /// If the listener did not hear of it, an orphan would stay a zombie until the listener wakes for another reason.
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
    fn a_signal_that_calls_a_function_stands_for_those_since_the_last_call() {
        let inbox = Inbox::new(false, 0).unwrap();
        let mut seen = 0;
        assert_eq!(inbox.arrived_since(SIGHUP, &mut seen), None);
        let [one, other] = [Sender::new(7, 8), Sender::new(9, 10)];
        for sender in [None, Some(one), Some(other)] {
            inbox.deliver(SIGHUP, sender, Role::Callback(2));
        }
        let signal = inbox.arrived_since(SIGHUP, &mut seen).unwrap();
        assert_eq!((signal.count(), signal.sender()), (3, Some(other)));
        assert_eq!(inbox.arrived_since(SIGHUP, &mut seen), None);
        inbox.deliver(SIGHUP, None, Role::Callback(2));
        let signal = inbox.arrived_since(SIGHUP, &mut seen).unwrap();
        assert_eq!((signal.count(), signal.sender()), (1, None));
        assert_eq!(inbox.arrived_since(SIGTERM, &mut 0), None);
    }

    #[test]
    fn whoever_watches_is_told_of_what_comes_from_then_on() {
        let inbox = Inbox::new(false, 0).unwrap();
        let deliver = |signal| inbox.deliver(signal, Some(Sender::new(7, 8)), Role::Shutdown);
        deliver(SIGTERM);
        assert!(inbox.watchers_event().is_none());
        inbox.watch().unwrap();
        let mut seen = inbox.seen_so_far();
        assert_eq!(inbox.next_arrived(&mut seen), None);
        assert!(inbox.have_all_been(&seen));
        for signal in [SIGHUP, SIGTERM, SIGHUP, SIGINT] {
            deliver(signal);
        }
        let event = inbox.watchers_event().unwrap();
        let heard = wait_until_ready(&[event], Some(Duration::ZERO));
        assert_eq!(heard.unwrap(), Some(0));
        assert!(!inbox.have_all_been(&seen));
        let told = std::iter::from_fn(|| inbox.next_arrived(&mut seen));
        let told: Vec<_> = told
            .map(|signal| (signal.number(), signal.count()))
            .collect();
        assert_eq!(told, [(SIGTERM, 1), (SIGHUP, 2), (SIGINT, 1)]);
        assert!(inbox.have_all_been(&seen));
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
