//! What happens in a signal handler, and the memory that it happens in.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::time::Duration;

use once_cell::sync::OnceCell;

use super::arrived::Arrived;
use super::decision::{Arrival, Began, Word};
use super::table::numbers::{SIGCHLD, SIGHUP, SIGINT};
use super::table::{why_no_shutdown_signal, why_not_handled};
use crate::sys::{
    Event, Process, ReadingEnds, Registration, Sender, code_of, die_by, disposition,
    end_by_default_action, exit_now, milliseconds, note_closed_descriptor, replace_lost_terminal,
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

/// How many signals of an app may call a function. The set of those that are due has room for so many.
pub(crate) const MAX_CALLBACKS: usize = 64;

/// Where signals are noted down, by handlers and by whoever else asks for the shutdown.
///
/// Every field is an atomic or an event, and nothing in it is ever freed while a handler
/// can run.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// The process whose threads sleep on the events. A forked child has the same events, and must not wake those
    /// threads.
    home: Process,
    word: AtomicU64,
    /// Which signals have arrived.
    arrived: Arrived,
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
            arrived: Arrived::new(),
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
    /// panics. Slices are read by `get`. Shifts are bounded: there are no more positions than [`MAX_CALLBACKS`]. The
    /// handler uses atomics and calls `clock_gettime`, `getpid`, `fstat`, `open`, `close` and `write`, and for SIGHUP
    /// `tcgetattr` and `dup2`. Where the process ends it calls `tcgetpgrp`, `getpgrp`, `tcsetattr`, `sigaction`,
    /// `pthread_sigmask`, `raise` and `_exit`. signal-safety(7) lists all of these functions.
    ///
    /// No other handler interrupts this one on its thread, but on another thread one may run at the same time.
    fn deliver(&self, signal: i32, sender: Option<Sender>, role: Role) {
        if signal == SIGHUP {
            // Whoever hears of the signal may print, and a write to a terminal that is gone fails. So this comes before
            // all else.
            replace_lost_terminal();
        }
        // The child that has ended may be an orphan, whatever else the signal is for.
        let mut told = signal != SIGCHLD || self.listener.try_set();
        told &= match role {
            Role::Callback(position) => {
                self.arrived.count(signal, sender);
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
                let is_new = self.arrived.note(signal, sender);
                self.arrived.count(signal, sender);
                // The decision is made before any event is set, so that whoever is woken by one finds it made.
                let told = match self.accept(signal == SIGINT) {
                    Arrival::Request => self.announce_request(),
                    Arrival::Late | Arrival::Insist => self.listener.try_set(),
                    Arrival::Repeat if is_new => self.listener.try_set(),
                    Arrival::Repeat => true,
                    Arrival::Force if self.forces_by_code => exit_now(code_of(signal).into()),
                    Arrival::Force => die_by(signal),
                };
                // The signal was counted before this looks for the event, and `Arrived::seen_so_far` is called after
                // the event was made. With a full fence between the two on both sides, at least one of the two sees the
                // other: so a signal is either among those that were there before, or sets the event.
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

    /// Has an event set whenever a shutdown signal arrives.
    ///
    /// # Errors
    ///
    /// When the process or the system has no descriptor left.
    pub(crate) fn watch(&self) -> io::Result<()> {
        self.watchers.get_or_try_init(Event::new).map(drop)
    }

    /// Returns which signals have arrived.
    pub(crate) fn arrived(&self) -> &Arrived {
        &self.arrived
    }

    /// Returns the event that is set whenever a shutdown signal arrives, if somebody has asked for it.
    pub(crate) fn watchers_event(&self) -> Option<&Event> {
        self.watchers.get()
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
            // AcqRel: whoever reads this word, or a later one, sees what was noted down before; and we see what was
            // noted down before the words that this one goes on from.
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

    /// Returns whether this process has made the inbox, and is no forked child of the one that has. Elsewhere nobody
    /// waits for the events, and no signal is delivered here.
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

    /// Wakes whoever waits for the cancellation. Returns `false` where other code has closed the event. A forked child
    /// does nothing here: the events are the parent's as well, and the child must not wake those who sleep there.
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::signal::{SIGTERM, Signal};
    use crate::sys::wait_until_ready;

    #[test]
    fn a_shutdown_signal_makes_the_request() {
        let inbox = Inbox::new(false, 0).unwrap();
        for signal in [SIGINT, SIGHUP] {
            inbox.deliver(signal, Some(Sender::new(7, 8)), Role::Shutdown);
        }
        assert_eq!(inbox.word().began(), Some(Began::Signal));
        let numbers: Vec<_> = inbox
            .arrived()
            .signals()
            .iter()
            .map(Signal::number)
            .collect();
        assert_eq!(numbers, [SIGINT, SIGHUP]);
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
    fn whoever_watches_is_told_of_what_comes_from_then_on() {
        let inbox = Inbox::new(false, 0).unwrap();
        let deliver = |signal| inbox.deliver(signal, Some(Sender::new(7, 8)), Role::Shutdown);
        deliver(SIGTERM);
        assert!(inbox.watchers_event().is_none());
        inbox.watch().unwrap();
        let mut seen = inbox.arrived().seen_so_far();
        assert_eq!(inbox.arrived().next(&mut seen), None);
        assert!(inbox.arrived().have_all_been(&seen));
        for signal in [SIGHUP, SIGTERM, SIGHUP, SIGINT] {
            deliver(signal);
        }
        let event = inbox.watchers_event().unwrap();
        let heard = wait_until_ready(&[event], Some(Duration::ZERO));
        assert_eq!(heard.unwrap(), Some(0));
        assert!(!inbox.arrived().have_all_been(&seen));
        let told = std::iter::from_fn(|| inbox.arrived().next(&mut seen));
        let told: Vec<_> = told
            .map(|signal| (signal.number(), signal.count()))
            .collect();
        assert_eq!(told, [(SIGTERM, 1), (SIGHUP, 2), (SIGINT, 1)]);
        assert!(inbox.arrived().have_all_been(&seen));
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
