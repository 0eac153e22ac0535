//! The fences of a model: which of the two kinds it has, and what it is made to lack.
//!
//! `membarrier(2)` makes every thread that runs execute a full fence, wherever it is, and waits for that.
//! loom knows no such thing, but it is what would happen if the caller sent all of them a signal, whose
//! handler executes the fence and says so. A thread has to be caught between any two steps that matter; these
//! are where the library keeps the compiler from swapping them ([`interrupted`] is that compiler fence),
//! before the first and after the last. A thread that ends executes a fence, too, as the kernel does.

use std::cell::Cell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};

use loom::sync::atomic::{AtomicUsize, fence};
use loom::thread::{self, JoinHandle};

/// The two sides' fences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fence {
    /// Of who enters or leaves.
    Light,
    /// Of who waits.
    Heavy,
}

/// Which sides have fences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Both.
    #[default]
    Symmetric,
    /// Who waits, for all.
    Asymmetric,
}

/// What a model is made with.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    pub(crate) kind: Kind,
    pub(crate) lacks: Option<Fence>,
}

std::thread_local! {
    /// The model's that this thread of the system explores.
    static MEMORY: Cell<Memory> = const {
        Cell::new(Memory {
            kind: Kind::Symmetric,
            lacks: None,
        })
    };
}

/// From now on.
pub(crate) fn set(memory: Memory) {
    MEMORY.set(memory);
}

pub(crate) fn is_asymmetric() -> bool {
    MEMORY.get().kind == Kind::Asymmetric
}

/// Whether the model is to show what that fence is good for.
pub(crate) fn lacks(fence: Fence) -> bool {
    MEMORY.get().lacks == Some(fence)
}

loom::lazy_static! {
    /// The threads of the model that may be interrupted.
    static ref RUNNING: Mutex<Vec<Arc<Running>>> = Mutex::new(Vec::new());
}

/// A thread, as the kernel sees it.
#[derive(Debug)]
struct Running {
    /// How often it has been interrupted.
    asked: AtomicUsize,
    /// How often it has executed the fence for that. [`OFF`]: it is on no processor.
    answered: AtomicUsize,
}

const OFF: usize = usize::MAX;

loom::thread_local! {
    static OWN: Cell<Option<Arc<Running>>> = Cell::new(None);
}

/// Starts a thread that may be interrupted.
pub(crate) fn spawn<T: 'static>(body: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    thread::spawn(move || {
        if !is_asymmetric() {
            return body();
        }
        let own = Arc::new(Running {
            asked: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
        });
        running().push(Arc::clone(&own));
        OWN.with(|place| place.set(Some(Arc::clone(&own))));
        fence(Ordering::SeqCst);
        interrupted();
        let value = body();
        interrupted();
        off_processor(&own);
        value
    })
}

fn running() -> MutexGuard<'static, Vec<Arc<Running>>> {
    RUNNING.lock().expect("nobody has panicked")
}

fn own() -> Option<Arc<Running>> {
    // The destructors of a thread's other values come here, too.
    let own = OWN.try_with(|place| {
        let own = place.take();
        place.set(own.clone());
        own
    });
    own.unwrap_or(None)
}

fn off_processor(own: &Running) {
    fence(Ordering::SeqCst);
    own.answered.store(OFF, Ordering::Relaxed);
}

/// Where the current thread may be interrupted.
pub(crate) fn interrupted() {
    let Some(own) = own() else { return };
    let asked = own.asked.load(Ordering::Relaxed);
    if own.answered.load(Ordering::Relaxed) < asked {
        fence(Ordering::SeqCst);
        own.answered.store(asked, Ordering::Relaxed);
    }
}

/// Does what may block the thread; then it is on no processor.
pub(crate) fn blocking<T>(block: impl FnOnce() -> T) -> T {
    let Some(own) = own() else { return block() };
    off_processor(&own);
    let value = block();
    let asked = own.asked.load(Ordering::Relaxed);
    own.answered.store(asked, Ordering::Relaxed);
    fence(Ordering::SeqCst);
    value
}

/// `membarrier(2)`.
pub(crate) fn interrupt_others() {
    fence(Ordering::SeqCst);
    let own = own();
    let others: Vec<_> = running().iter().map(Arc::clone).collect();
    for other in others {
        if own.as_ref().is_some_and(|own| Arc::ptr_eq(own, &other)) {
            continue;
        }
        let asked = other.asked.fetch_add(1, Ordering::Relaxed) + 1;
        while other.answered.load(Ordering::Relaxed) < asked {
            interrupted();
            thread::yield_now();
        }
    }
    fence(Ordering::SeqCst);
}
