//! How a task waits until what it is inside of has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

use super::context::{self, Shields};
use super::wakers::Wakers;

/// A future's place in a list of [`Wakers`]. The future is in one list at most. Dropping this value gives the place up.
///
/// A future that is polled inside a region sees no request there. When the region has ended, the future
/// has to be polled again. Combinators poll only those of their futures that were woken, so the end of
/// the region must wake the future's own waker.
#[derive(Debug, Default)]
pub(crate) struct Watch(Option<(Arc<Wakers>, u64)>);

impl Watch {
    /// Returns whether what runs now is inside one of these shields. If so, the waker is woken at the end of the
    /// outermost of them.
    ///
    /// The caller is inside, so the region cannot end before the waker is in the list.
    pub(crate) fn until_unmasked(&mut self, shields: Shields, waker: &Waker) -> bool {
        let slot = context::outermost(shields);
        match slot {
            Some(slot) => self.wait_in(&slot.wakers, waker),
            None => self.stop(),
        }
        slot.is_some()
    }

    /// Has the waker woken with all others of that list.
    pub(super) fn wait_in(&mut self, wakers: &Arc<Wakers>, waker: &Waker) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        if let Some((known, _)) = &self.0 {
            if !Arc::ptr_eq(known, wakers) {
                self.stop();
            }
        }
        let (_, id) = self.0.get_or_insert_with(|| {
            // Relaxed: each number is given once, and orders nothing.
            let id = NEXT.fetch_add(1, Ordering::Relaxed);
            (Arc::clone(wakers), id)
        });
        // Cloning a waker runs code of an executor. So it is cloned here, before the list is locked.
        let waker = waker.clone();
        wakers.insert(*id, waker);
    }

    /// Gives the place up.
    #[inline]
    pub(crate) fn stop(&mut self) {
        if self.0.is_some() {
            self.give_up();
        }
    }

    /// Gives the place up where there is one. This is out of line, since most futures have no place to give up.
    #[cold]
    fn give_up(&mut self) {
        if let Some((wakers, id)) = self.0.take() {
            wakers.remove(id);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop();
    }
}
