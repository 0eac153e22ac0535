//! The two threads that start the children and look after them, as long as the process lives.
//!
//! One *forks*, for all: the kernel sends the signal of a parent's death when the thread ends that has forked, so that
//! one must not end before its children do. This thread takes no signals, and neither does a child before it has left our group.
//! A start may take long, as in a program's own steps before exec, or where the file is on a slow network. So another one *keeps* them: it sleeps until a child has ended, or is to be told to, or to
//! be killed.

use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::entry::Entry;
use super::group::Scan;
use super::state::Progress;
use crate::sync::{lock, spawn};
use crate::sys::{self, Event, Source};

/// The children that live, and the threads that look after them.
pub(super) struct Keeper {
    /// The process whose threads they are; a forked child has none.
    home: i32,
    /// What the keeping thread sleeps on.
    bell: Arc<Event>,
    jobs: Mutex<Vec<Job>>,
    /// What the forking thread sleeps on.
    wanted: Condvar,
    children: Mutex<Vec<Arc<Entry>>>,
    closed: AtomicBool,
}

/// To start a child.
type Job = Box<dyn FnOnce(&Keeper) + Send>;

static KEEPER: Mutex<Option<Arc<Keeper>>> = Mutex::new(None);

/// The keeper of this process, where it has one.
pub(super) fn present() -> Option<Arc<Keeper>> {
    let keeper = lock(&KEEPER).clone();
    keeper.filter(|keeper| keeper.home == sys::process_id())
}

/// The same, started if need be.
pub(super) fn keeper() -> io::Result<Arc<Keeper>> {
    let mut slot = lock(&KEEPER);
    // In a forked child it is the parent's, with the parent's children.
    let home = sys::process_id();
    if let Some(keeper) = slot.as_ref().filter(|keeper| keeper.home == home) {
        return Ok(Arc::clone(keeper));
    }
    let keeper = Arc::new(Keeper {
        home,
        bell: Arc::new(Event::new()?),
        jobs: Mutex::default(),
        wanted: Condvar::new(),
        children: Mutex::default(),
        closed: AtomicBool::new(false),
    });
    let start = |name: &str, work: fn(&Keeper)| {
        let keeper = Arc::clone(&keeper);
        let thread = thread::Builder::new().name(name.into());
        spawn(thread, Box::new(move || work(&keeper)))
    };
    start("aplomb-children", Keeper::keep)?;
    start("aplomb-forks", Keeper::fork)?;
    *slot = Some(Arc::clone(&keeper));
    Ok(keeper)
}

/// Tells the keeper, where there is one, that something has happened to a child, or is to happen.
pub(super) fn ring() {
    if let Some(keeper) = present() {
        keeper.bell.set();
    }
}

impl Keeper {
    pub(super) fn children(&self) -> MutexGuard<'_, Vec<Arc<Entry>>> {
        lock(&self.children)
    }

    /// From now on it has this one, too.
    pub(super) fn take_in(&self, child: &Arc<Entry>) {
        self.children().push(Arc::clone(child));
        self.bell.set();
    }

    /// None is started any more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Has the forking thread do something, and waits for what comes of it; `None`, if it has panicked.
    pub(super) fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Keeper) -> T + Send + 'static,
    ) -> Option<T> {
        let answer = Arc::new((Mutex::new(None), Condvar::new()));
        let to = Arc::clone(&answer);
        lock(&self.jobs).push(Box::new(move |keeper| {
            let done = catch_unwind(AssertUnwindSafe(|| job(keeper)));
            *lock(&to.0) = Some(done.ok());
            to.1.notify_one();
        }));
        self.wanted.notify_one();
        let mut given = lock(&answer.0);
        loop {
            if let Some(given) = given.take() {
                return given;
            }
            given = answer.1.wait(given).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The forking thread.
    fn fork(&self) {
        // A child inherits the mask of the thread that forks it. So what our group gets, such as the terminal's keys, does not
        // hit a child that has not left the group yet. The mask is never undone: this thread runs nothing else.
        sys::block_all_but_faults();
        loop {
            let mut waiting = lock(&self.jobs);
            while waiting.is_empty() {
                waiting = self
                    .wanted
                    .wait(waiting)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            let jobs = mem::take(&mut *waiting);
            drop(waiting);
            for job in jobs {
                job(self);
            }
        }
    }

    /// The keeping thread.
    fn keep(&self) {
        // Times in a row that it was woken and there was nothing to do.
        let mut in_vain = 0;
        loop {
            let children = self.children().clone();
            let mut scan = Scan::default();
            let mut over = Vec::new();
            let mut again = false;
            for child in &children {
                // A panic in foreign code must not end the care of the others.
                let attend = || child.attend(&mut scan, &self.bell);
                match catch_unwind(AssertUnwindSafe(attend)) {
                    Ok(Progress::None) => {}
                    Ok(Progress::Again) => again = true,
                    Ok(Progress::Over) | Err(_) => over.push(Arc::as_ptr(child)),
                }
            }
            self.children()
                .retain(|child| !over.contains(&Arc::as_ptr(child)));
            if again || !over.is_empty() {
                in_vain = 0;
                continue;
            }
            if in_vain > 3 {
                // A child has ended and cannot be reaped, since another process traces it (ptrace(2)).
                thread::sleep(Duration::from_millis(20));
            }
            in_vain = match self.sleep(&children) {
                Woken::ByAnEnd => in_vain + 1,
                Woken::Otherwise => 0,
            };
        }
    }

    /// Sleeps until there may be something to do.
    fn sleep(&self, children: &[Arc<Entry>]) -> Woken {
        let mut ends = Vec::new();
        for child in children {
            child.watched(&mut ends);
        }
        let cues = children.iter().filter_map(|child| child.cue());
        let mut awaited: Vec<&dyn Source> = vec![self.bell.as_ref()];
        awaited.extend(cues.map(|cue| cue as &dyn Source));
        awaited.extend(ends.iter().map(|end| end.as_ref() as &dyn Source));
        let next = children.iter().filter_map(|child| child.due_at()).min();
        let timeout = next.map(|at| at.saturating_duration_since(Instant::now()));
        let rung = sys::wait(&awaited, timeout) == Some(0);
        self.bell.clear();
        if rung || next.is_some_and(|at| at <= Instant::now()) {
            Woken::Otherwise
        } else {
            Woken::ByAnEnd
        }
    }
}

/// What has woken the keeping thread.
enum Woken {
    /// The end of a process; or a cue, after which something is done.
    ByAnEnd,
    Otherwise,
}
