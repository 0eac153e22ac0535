//! The threads that start the children and look after them, for as long as this process lives.
//!
//! # Why a thread that forks
//!
//! The kernel sends a child the signal of its parent's death when the *thread* ends that has forked it
//! (`PR_SET_PDEATHSIG`, `prctl(2)`). Threads of the program end at any time. So one thread forks for all of them, and
//! never ends.
//!
//! That thread has all signals blocked, and a child inherits this. So what our process group gets, such as the
//! terminal's keys, does not hit a child before it has left the group.
//!
//! # Why there may be more of these
//!
//! Such a thread is busy until the child has become its program. The program's own steps before that may take long, or
//! for ever. So a start that lasts is *overtaken*: those who wait behind it have another thread go on with them, which
//! is started for that where there is none. These threads do not end either. But one start follows the other as long as
//! none lasts. A child that has not become its program yet has copies of all descriptors, also of those by which the
//! standard library learns that another child has begun. If two were forked at the same time, each could keep the other
//! one's start from its end.
//!
//! # Why another thread that supervises
//!
//! A start may take long: a program's own steps before exec may, and the file may be on a slow network. Meanwhile other
//! children end, or are to be killed in time. So another thread looks after those that live. This thread sleeps in
//! `poll(2)` on
//!
//! - a pidfd of each child that lives, and of each process that is left of a group;
//! - the pipe of each child that is to say that it is ready;
//! - the app's request and cancellation, where a child is to end then;
//! - its *bell*, which whoever wants something of it sets: a child was added or asked to end, a shield has ended, a
//!   deadline has moved;
//! - and until the next child is to be killed, is to be ready, or is to be looked at.
//!
//! # Why no wake-up is lost
//!
//! Whoever rings first changes what the supervisor is to see, and then sets the bell. The supervisor first clears the
//! bell, and then looks at every child. A change that comes before the look is seen by the look. A change that comes
//! after it comes after the bell was cleared, so the bell stays set and the next sleep ends at once. The other
//! descriptors stay readable until the look has done what they ask for, and are not polled afterwards.
//!
//! # Why these locks
//!
//! One lock is for the list of children, and one for the queue of starts. Neither is held while a child is looked at,
//! forked or signalled, or while another lock is taken. So nobody waits for a slow start but the one who has asked for
//! it, and for a second those who ask after that.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::managed::{Managed, Progress};
use super::under_way::UnderWay;
use crate::shutdown;
use crate::sync::{lock, spawn};
use crate::sys::{self, Event, PerProcess, Processes, Source};

/// How long a start may take until others overtake it.
pub(super) const LONG: Duration = Duration::from_secs(1);

/// The children that live, and what these threads share with all others.
pub(super) struct Supervisor {
    bell: Arc<Event>,
    children: Mutex<Children>,
    /// Notified when a start is no longer under way.
    started: Condvar,
    /// What the forking threads are to do.
    starts: Mutex<Starts>,
    /// Notified when there may be something to do, or never will be.
    wanted: Condvar,
}

#[derive(Default)]
struct Children {
    live: Vec<Arc<Managed>>,
    /// The exit has ended all children. No other one may live.
    closed: bool,
    /// The children that are being started, and are not in the list yet.
    starting: Vec<Arc<UnderWay>>,
}

type Start = Box<dyn FnOnce(&Supervisor) + Send>;

#[derive(Default)]
struct Starts {
    queue: VecDeque<Start>,
    /// The start that the queue waits for, by its number, and since when it goes on. One that was overtaken is not here
    /// any more.
    current: Option<(u64, Instant)>,
    /// How many were taken from the queue.
    taken: u64,
    /// How many forking threads have nothing to do, also those that are being started.
    idle: usize,
    /// Nobody will ask for anything.
    over: bool,
}

impl Starts {
    /// Returns whether one of them is to be taken now.
    fn are_due(&self) -> bool {
        self.current.is_none() && !self.queue.is_empty()
    }
}

/// The supervisor of a process. One lock for both: so a supervisor that is being started when the process closes is
/// either closed itself, or not started.
#[derive(Default)]
struct Slot {
    /// `None` as long as no child was ever started.
    supervisor: Option<Arc<Supervisor>>,
    /// No child is started any more.
    closed: bool,
}

/// A forked child has none: the threads are its parent's, as the children are.
static SLOT: PerProcess<Mutex<Slot>> = PerProcess::new(Mutex::default);

/// Returns the error of a start that comes too late.
pub(super) fn closed() -> io::Error {
    io::Error::other("the process is ending")
}

/// Closes the supervisor: from now on no child is started in this process.
pub(super) fn close() {
    // The lock is for the note only, as in `present`.
    lock(&SLOT).closed = true;
    if let Some(supervisor) = present() {
        supervisor.close();
    }
}

/// Returns the supervisor of this process, if any child was ever started.
pub(super) fn present() -> Option<Arc<Supervisor>> {
    // Nobody holds this lock for longer than it takes to start two threads: the listener comes here, too. The pointer
    // is copied, so that it is not held while anything is done with the supervisor.
    lock(&SLOT).supervisor.clone()
}

/// Returns the supervisor of this process, and starts its threads where there are none.
pub(super) fn get_or_start() -> io::Result<Arc<Supervisor>> {
    // The lock is held until the threads have started, so that two callers at the same time do not start two
    // supervisors.
    let mut slot = lock(&SLOT);
    if let Some(supervisor) = &slot.supervisor {
        return Ok(Arc::clone(supervisor));
    }
    if slot.closed {
        return Err(closed());
    }
    if shutdown::current().is_none() {
        // Otherwise the kernel would reap the children, and their statuses were lost. An app has done this when it
        // began. What the program has done since then stays.
        sys::reset_ignored_sigchld()?;
    }
    let supervisor = Arc::new(Supervisor {
        bell: Arc::new(Event::new()?),
        children: Mutex::default(),
        started: Condvar::new(),
        starts: Mutex::default(),
        wanted: Condvar::new(),
    });
    supervisor.start_forking_thread()?;
    if let Err(error) = supervisor.start_thread("aplomb-children", Supervisor::supervise) {
        // The thread that forks is told to end. Otherwise each further try, while there are too many threads, would
        // leave one more that waits for ever. The lock is the one under which that thread looks, so that it is either
        // told or sees it.
        lock(&supervisor.starts).over = true;
        supervisor.wanted.notify_one();
        return Err(error);
    }
    slot.supervisor = Some(Arc::clone(&supervisor));
    Ok(supervisor)
}

/// Has the supervisor, where there is one, look at all children. The caller must have changed beforehand what the
/// supervisor is to see.
pub(super) fn ring() {
    if let Some(supervisor) = present() {
        supervisor.bell.set();
    }
}

impl Supervisor {
    /// Returns the children that live at this moment.
    pub(super) fn children(&self) -> Vec<Arc<Managed>> {
        // The lock is for the copy only: what is done to the children may take longer, and takes their own locks.
        lock(&self.children).live.clone()
    }

    /// Takes a child into its care. Returns whether the child may live, which it may not when the supervisor was
    /// closed.
    pub(super) fn take_in(&self, child: &Arc<Managed>) -> bool {
        // One lock is for the list and for whether it is closed. So a child whose start was under way at the exit
        // either comes into the list before `close`, and is ended by whoever has called that; or it comes later, and is
        // refused here.
        let mut children = lock(&self.children);
        children.live.push(Arc::clone(child));
        let closed = children.closed;
        drop(children);
        self.bell.set();
        !closed
    }

    /// Closes the list: from now on no child is started.
    fn close(&self) {
        // The lock orders this with `take_in`, which says why.
        lock(&self.children).closed = true;
    }

    /// Notes that a child is being started. Returns whether it may be, which it may not when the supervisor is closed.
    pub(super) fn begin_start(&self, start: &Arc<UnderWay>) -> bool {
        // One lock is for both: so `close` comes before this, or a start is under way that `end_starts` finds. Whether
        // the supervisor is closed may change meanwhile, so `take_in` asks again.
        let mut children = lock(&self.children);
        if !children.closed {
            children.starting.push(Arc::clone(start));
        }
        !children.closed
    }

    /// Notes that a start is no longer under way: the child was taken in, or killed, or there is none.
    pub(super) fn finish_start(&self, start: &Arc<UnderWay>) {
        // The lock is the one under which `end_starts` looks, so that it does not fall asleep after the notification.
        let mut children = lock(&self.children);
        children.starting.retain(|other| !Arc::ptr_eq(other, start));
        drop(children);
        self.started.notify_all();
    }

    /// Kills the children that are being started, after [`close`], and waits for so long until no start is under way.
    /// Such a child is refused, and killed by its forking thread, too. Should the process end before that, the kernel
    /// kills the child.
    pub(super) fn end_starts(&self, most: Duration) {
        self.kill_starting();
        let children = lock(&self.children);
        // The lock is given back while this thread sleeps.
        let waited = self
            .started
            .wait_timeout_while(children, most, |children| !children.starting.is_empty());
        // The lock is given back before it is taken again.
        drop(waited);
        // For those that have told their process ids meanwhile.
        self.kill_starting();
    }

    fn kill_starting(&self) {
        // The lock is for the copy only: to kill one takes its own lock.
        let starting = lock(&self.children).starting.clone();
        for start in starting {
            start.kill();
        }
    }

    /// Has a forking thread do something. What it does it has to say itself.
    pub(super) fn on_forking_thread(&self, start: impl FnOnce(&Supervisor) + Send + 'static) {
        // The lock is held for the push only. The notification may follow without it: a forking thread looks under
        // the lock before it sleeps.
        self.starts().queue.push_back(Box::new(start));
        self.wanted.notify_one();
    }

    /// For one who waits for a start: lets the next one overtake a start that lasts. Returns when to come here again.
    /// `None` means that no start waits for another one.
    pub(super) fn overtake(self: &Arc<Self>) -> Option<Duration> {
        // The lock is held for the look and the change, since another thread may be here at the same time.
        let mut starts = self.starts();
        if starts.queue.is_empty() {
            return None;
        }
        let left = starts
            .current
            .map(|(_, since)| LONG.saturating_sub(since.elapsed()));
        if let Some(left) = left.filter(|left| !left.is_zero()) {
            return Some(left);
        }
        starts.current = None;
        let none_is_idle = starts.idle == 0;
        // The lock is given back before a thread is started.
        drop(starts);
        if none_is_idle {
            // Where the system has no thread left this is tried again.
            let _ = self.start_forking_thread();
        } else {
            self.wanted.notify_one();
        }
        Some(LONG)
    }

    /// Starts a thread that forks.
    fn start_forking_thread(self: &Arc<Self>) -> io::Result<()> {
        // Before the thread is there, so that another one who comes to `overtake` meanwhile does not start one more.
        // The lock is for the note only, here and below.
        self.starts().idle += 1;
        let started = self.start_thread("aplomb-forks", Supervisor::fork);
        if started.is_err() {
            self.starts().idle -= 1;
        }
        started
    }

    fn start_thread(self: &Arc<Self>, name: &str, work: fn(&Supervisor)) -> io::Result<()> {
        let supervisor = Arc::clone(self);
        let thread = thread::Builder::new().name(name.into());
        spawn(thread, Box::new(move || work(&supervisor))).map(drop)
    }

    /// Runs a forking thread: it sleeps until there is something to start, and starts it.
    fn fork(&self) {
        // This is never undone: the thread runs nothing else, and no signal is for it.
        sys::block_all_but_faults();
        while let Some((number, start)) = self.next_start() {
            // A panic must not end the thread: all its children would be killed.
            let _ = catch_unwind(AssertUnwindSafe(|| start(self)));
            let mut starts = self.starts();
            if starts.current.is_some_and(|(current, _)| current == number) {
                starts.current = None;
            }
            starts.idle += 1;
        }
    }

    /// Locks what the forking threads are to do. The lock is held by nobody while a child is started.
    fn starts(&self) -> MutexGuard<'_, Starts> {
        lock(&self.starts)
    }

    /// Sleeps until there is a start, and takes it, with its number. `None` means that there will be none.
    fn next_start(&self) -> Option<(u64, Start)> {
        // The lock is given back while this thread sleeps, and before it forks: others can queue up meanwhile.
        let starts = self
            .wanted
            .wait_while(self.starts(), |starts| !starts.over && !starts.are_due());
        let mut starts = starts.unwrap_or_else(PoisonError::into_inner);
        let start = starts.queue.pop_front()?;
        starts.idle -= 1;
        starts.taken += 1;
        let number = starts.taken;
        starts.current = Some((number, Instant::now()));
        Some((number, start))
    }

    /// Runs the supervising thread: it looks at all children, and sleeps until there may be something to do.
    fn supervise(&self) {
        // How often in a row a descriptor has woken this thread, and there was nothing to do.
        let mut in_vain = 0;
        loop {
            let children = self.children();
            let processes = Processes::default();
            let mut over = Vec::new();
            let mut again = false;
            for child in &children {
                // A panic in foreign code must not end the care for the others.
                let attend = || child.attend(&processes, &self.bell);
                match catch_unwind(AssertUnwindSafe(attend)) {
                    Ok(Progress::None) => {}
                    Ok(Progress::Again) => again = true,
                    Ok(Progress::Over) | Err(_) => over.push(Arc::as_ptr(child)),
                }
            }
            // The list is not replaced by the copy: children may have been added to it since the lock was held last.
            lock(&self.children)
                .live
                .retain(|child| !over.contains(&Arc::as_ptr(child)));
            if again || !over.is_empty() {
                in_vain = 0;
                continue;
            }
            if in_vain > 3 {
                // A child has ended, so that its descriptor stays readable, and cannot be reaped: another process
                // traces it (ptrace(2)).
                thread::sleep(Duration::from_millis(20));
            }
            in_vain = match self.sleep(&children) {
                Woken::ByDescriptor => in_vain + 1,
                Woken::ByBellOrTime => 0,
            };
        }
    }

    /// Sleeps until there may be something to do. The caller looks at all children after this, and not before, since
    /// the bell is cleared here.
    fn sleep(&self, children: &[Arc<Managed>]) -> Woken {
        let mut ends: Vec<Arc<dyn Source>> = Vec::new();
        for child in children {
            child.watched(&mut ends);
        }
        let cues = children.iter().filter_map(|child| child.cue());
        let mut awaited: Vec<&dyn Source> = vec![self.bell.as_ref()];
        awaited.extend(cues.map(|cue| cue as &dyn Source));
        awaited.extend(ends.iter().map(AsRef::as_ref));
        let next = children.iter().filter_map(|child| child.due_at()).min();
        let timeout = next.map(|at| at.saturating_duration_since(Instant::now()));
        let rung = sys::wait(&awaited, timeout) == Some(0);
        self.bell.clear();
        if rung || next.is_some_and(|at| at <= Instant::now()) {
            Woken::ByBellOrTime
        } else {
            Woken::ByDescriptor
        }
    }
}

/// What has woken the supervising thread.
enum Woken {
    /// The end of a process, or a cue.
    ByDescriptor,
    ByBellOrTime,
}
