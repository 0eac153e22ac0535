//! Spreading what many threads do over several locks.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many there are: more than processors that are likely to meet at one of them.
pub(crate) const SHARDS: usize = 16;

/// The current thread's own, which it shares with few others.
#[inline]
pub(crate) fn own_shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: Cell<usize> = const { Cell::new(usize::MAX) });
    let own = OWN.get();
    if own < SHARDS {
        return own;
    }
    let own = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    OWN.set(own);
    own
}
