//! Locks, atomics, threads and the clock.
//!
//! The models in `models/` compile files of this library against a module of the same name, which is made of loom's
//! types. So these files take such types from here, and not from the standard library.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, TryLockError};
use std::thread::{Builder, JoinHandle, Scope};
use std::time::Duration;

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, compiler_fence, fence};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, OnceLock};
pub(crate) use std::thread::sleep;
pub(crate) use std::thread_local;
pub(crate) use std::time::Instant;

/// How many forks lie between this process and the one that has used this library first.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Whether this is a forked child of a process that had other threads, or a child of such a child.
static LACKS_THREADS: AtomicBool = AtomicBool::new(false);

/// Returns the number of forks that lie between this process and the one that has used this library first. It is
/// another one in each forked child, and stays as it is as long as a process has threads that could see it change.
#[inline]
pub(crate) fn forks() -> u32 {
    // Relaxed: it changes while a process has a single thread.
    FORKS.load(Ordering::Relaxed)
}

/// Returns whether this is a forked child of a process that had other threads: what these held is never given back.
#[inline]
pub(crate) fn lacks_threads() -> bool {
    // Relaxed: it changes while a process has a single thread.
    LACKS_THREADS.load(Ordering::Relaxed)
}

/// Notes that this process was forked; `sys/unix/atfork.rs` calls this.
#[allow(dead_code, reason = "not every system has forks")]
pub(crate) fn note_fork(lacks_threads: bool) {
    // Relaxed: there is one thread, and starting another one publishes what was before.
    FORKS.fetch_add(1, Ordering::Relaxed);
    LACKS_THREADS.fetch_or(lacks_threads, Ordering::Relaxed);
}

/// Locks a mutex, even where a thread has panicked with the lock held. No panic leaves what is locked here
/// half-changed, so a poisoned lock has no meaning.
///
/// # Panics
///
/// In a forked child, if a thread of the parent held the lock at the fork. Nobody would ever give it back.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    if lacks_threads() {
        return lock_or_panic(mutex);
    }
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cold]
fn lock_or_panic<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // All locks of this library are held for a few instructions, so a thread of this process gives one back much
    // sooner.
    const TRIES: u32 = 1000;
    const PAUSE: Duration = Duration::from_millis(1);
    for _ in 0..TRIES {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => sleep(PAUSE),
        }
    }
    panic!("this forked child needs a lock that a thread of its parent has held during the fork");
}

/// Starts a thread. Nearly all threads of this library start here, with a boxed function: the standard library's code
/// for it is compiled anew for each type of function, and is larger than most files of this library.
pub(crate) fn spawn(thread: Builder, work: Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>> {
    thread.spawn(work)
}

/// Starts a thread that may borrow, and is waited for at the end of the scope.
pub(crate) fn spawn_scoped<'scope>(
    scope: &'scope Scope<'scope, '_>,
    thread: Builder,
    work: Box<dyn FnOnce() + Send + 'scope>,
) -> io::Result<()> {
    thread.spawn_scoped(scope, work).map(drop)
}

/// Starts a thread that works on a value.
///
/// # Errors
///
/// When the system has no thread left. The value is given back.
pub(crate) fn hand_over<T: Send + 'static>(
    name: &str,
    value: T,
    work: impl FnOnce(T) + Send + 'static,
) -> Result<(), T> {
    hand_over_to(Builder::new().name(name.into()), value, work)
}

/// Starts this thread, which works on a value.
///
/// # Errors
///
/// When the system has no thread left. The value is given back.
pub(crate) fn hand_over_to<T: Send + 'static>(
    thread: Builder,
    value: T,
    work: impl FnOnce(T) + Send + 'static,
) -> Result<(), T> {
    // `spawn` drops the function that it cannot run, and what the function owns. So the value is kept in a place that
    // both sides share.
    let place = Arc::new(Mutex::new(Some(value)));
    let handed = Arc::clone(&place);
    let work = Box::new(move || {
        let value = lock(&handed).take();
        if let Some(value) = value {
            work(value);
        }
    });
    match spawn(thread, work) {
        Ok(_) => Ok(()),
        Err(_) => lock(&place).take().map_or(Ok(()), Err),
    }
}

/// Starts a thread that works on a value. Returns where the result comes to be had.
///
/// # Errors
///
/// When the system has no thread left. The value is given back.
pub(crate) fn ask<T: Send + 'static, R: Send + 'static>(
    name: &str,
    value: T,
    work: impl FnOnce(T) -> R + Send + 'static,
) -> Result<Asked<R>, T> {
    let asked = Asked(Arc::new(Question {
        is_over: Mutex::new(false),
        over: Condvar::new(),
        result: Mutex::new(None),
    }));
    let answering = Answering(Arc::clone(&asked.0));
    let work = move |value| {
        let Answering(question) = &answering;
        let result = work(value);
        // The lock is for this statement: whoever has asked takes the result under it.
        *lock(&question.result) = Some(result);
    };
    hand_over(name, value, work).map(|()| asked)
}

/// What another thread was asked for. The channel of the standard library would do as well, but is more code than most
/// files of this library.
#[derive(Debug)]
pub(crate) struct Asked<R>(Arc<Question<R>>);

#[derive(Debug)]
struct Question<R> {
    /// Whether the work is over. The result is there by then, unless the work has panicked.
    is_over: Mutex<bool>,
    over: Condvar,
    result: Mutex<Option<R>>,
}

impl<R> Asked<R> {
    /// Waits until the work is over, for so long at the most. Returns whether it is.
    pub(crate) fn wait(&self, limit: Duration) -> bool {
        // The lock is given back while this thread sleeps.
        let is_over = lock(&self.0.is_over);
        let waited = self
            .0
            .over
            .wait_timeout_while(is_over, limit, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    #[allow(dead_code, reason = "not every system has results to ask for")]
    /// Takes the result, if the work is over and has not panicked.
    pub(crate) fn take(&self) -> Option<R> {
        // The lock is for this statement: the other thread leaves the result under it.
        lock(&self.0.result).take()
    }
}

/// The side that answers. The work is over when this is dropped, also where it has panicked.
struct Answering<R>(Arc<Question<R>>);

impl<R> Drop for Answering<R> {
    fn drop(&mut self) {
        // The lock is the one under which who waits looks before it sleeps.
        *lock(&self.0.is_over) = true;
        self.0.over.notify_all();
    }
}

/// The number of shards of a structure that many threads use at once: 16 are enough that two processors rarely meet at
/// the same one.
pub(crate) const SHARDS: usize = 16;

/// The shard of the current thread, which a few other threads may have, too.
#[inline]
pub(crate) fn own_shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: Cell<usize> = const { Cell::new(usize::MAX) });
    let own = OWN.get();
    if own < SHARDS {
        return own;
    }
    // Relaxed: the number only spreads the threads, and publishes no other memory.
    let own = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    OWN.set(own);
    own
}
