//! The thread that starts the children, and looks after them as long as the process lives.
//!
//! It is one thread for all: the kernel sends the signal of a parent's death when the *thread* ends that has forked, so
//! that one must not end before its children do. It sleeps until a child has ended, or is to be told to, or
//! to be killed.

use std::io;
use std::mem;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::entry::{Attended, Entry};
use crate::sync::lock;
use crate::sys::{self, Event};

/// The children that live, and the thread that looks after them.
pub(super) struct Keeper {
    /// The process whose thread it is; a forked child has none.
    home: i32,
    bell: Event,
    jobs: Mutex<Vec<Job>>,
    children: Mutex<Vec<Arc<Entry>>>,
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
        bell: Event::new()?,
        jobs: Mutex::default(),
        children: Mutex::default(),
    });
    let kept = Arc::clone(&keeper);
    thread::Builder::new()
        .name("aplomb-children".into())
        .spawn(move || kept.keep())?;
    *slot = Some(Arc::clone(&keeper));
    Ok(keeper)
}

impl Keeper {
    pub(super) fn children(&self) -> MutexGuard<'_, Vec<Arc<Entry>>> {
        lock(&self.children)
    }

    /// Has the keeper's thread do something, and waits for what comes of it.
    pub(super) fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Keeper) -> T + Send + 'static,
    ) -> T {
        let answer = Arc::new((Mutex::new(None), Condvar::new()));
        let to = Arc::clone(&answer);
        lock(&self.jobs).push(Box::new(move |keeper| {
            *lock(&to.0) = Some(job(keeper));
            to.1.notify_one();
        }));
        self.bell.set();
        let mut given = lock(&answer.0);
        loop {
            if let Some(given) = given.take() {
                return given;
            }
            given = answer.1.wait(given).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The keeper's thread.
    fn keep(&self) {
        loop {
            let jobs = mem::take(&mut *lock(&self.jobs));
            for job in jobs {
                job(self);
            }
            let children = self.children().clone();
            let mut over = Vec::new();
            for child in &children {
                if child.attend() == Attended::Over {
                    over.push(Arc::as_ptr(child));
                }
            }
            self.children()
                .retain(|child| !over.contains(&Arc::as_ptr(child)));
            if over.is_empty() {
                self.sleep(&children);
            }
        }
    }

    /// Sleeps until there may be something to do.
    fn sleep(&self, children: &[Arc<Entry>]) {
        let mut ends = Vec::new();
        for child in children {
            child.watched(&mut ends);
        }
        let cues = children.iter().filter_map(|child| child.cue());
        let ends = ends.iter().map(|end| end.as_fd());
        let awaited: Vec<BorrowedFd<'_>> = [self.bell.as_fd()]
            .into_iter()
            .chain(cues.map(AsFd::as_fd))
            .chain(ends)
            .collect();
        let next = children.iter().filter_map(|child| child.kill_at()).min();
        let timeout = next.map(|at| at.saturating_duration_since(Instant::now()));
        sys::doze_on_any(&awaited, timeout);
        self.bell.clear();
    }
}

/// Tells the keeper, where there is one, that something has happened to a child, or is to happen.
pub(super) fn ring() {
    if let Some(keeper) = present() {
        keeper.bell.set();
    }
}
