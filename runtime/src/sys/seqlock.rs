//! A place in the source that one thread publishes and any other may read: a seqlock.
//!
//! No system is asked for anything. The file is here for its `unsafe` block: what is read are the parts of a
//! `&'static str`, each in an atomic of its own.

use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};

/// A name and a location, written by the one thread that owns it, read by any.
///
/// The version is odd while a write is under way. The version grows by two each time, so it also
/// tells one value from the next.
#[derive(Debug)]
pub(crate) struct Published {
    version: AtomicU64,
    name: AtomicPtr<u8>,
    length: AtomicUsize,
    location: AtomicPtr<Location<'static>>,
}

impl Published {
    pub(crate) const fn new() -> Self {
        Published {
            version: AtomicU64::new(0),
            name: AtomicPtr::new(ptr::null_mut()),
            length: AtomicUsize::new(0),
            location: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Replaces the value. Only the owning thread may call this. Two writers at once could make a reader see a mixture,
    /// which is why the caller's slot belongs to one thread.
    #[inline]
    pub(crate) fn write(&self, name: &'static str, location: &'static Location<'static>) {
        // Relaxed: no other thread writes it. The next store has its order from the fence.
        let version = self.version.load(Ordering::Relaxed);
        // Release: a reader that sees the new version has seen the last of what was done under the old one. A barrier
        // takes that for the end of a region.
        self.version.store(version + 1, Ordering::Release);
        // Orders the odd version before the data: with the reader's fence, a reader that sees
        // any of the new words sees that a write was under way.
        fence(Ordering::Release);
        self.name.store(name.as_ptr().cast_mut(), Ordering::Relaxed);
        self.length.store(name.len(), Ordering::Relaxed);
        self.location
            .store(ptr::from_ref(location).cast_mut(), Ordering::Relaxed);
        // Release: whoever sees this version by an Acquire sees the data of it, or newer.
        self.version.store(version + 2, Ordering::Release);
    }

    /// Returns the version, which tells one value from the next.
    #[inline]
    pub(crate) fn version(&self) -> u64 {
        // Acquire: whoever has seen a version reads its value or a later one.
        self.version.load(Ordering::Acquire)
    }

    /// Returns the value, unless it is being replaced this very moment or never was written.
    pub(crate) fn read(&self) -> Option<(&'static str, &'static Location<'static>)> {
        let version = self.version();
        if version == 0 || version % 2 == 1 {
            return None;
        }
        // Relaxed: the three may be of different writes, which the second look at the version finds out.
        let name = self.name.load(Ordering::Relaxed);
        let length = self.length.load(Ordering::Relaxed);
        let location = self.location.load(Ordering::Relaxed);
        // Orders the data before the second look: if one of the three was of a later write, that one's odd version
        // is seen below, by way of the writer's fence.
        fence(Ordering::Acquire);
        if self.version.load(Ordering::Relaxed) != version {
            return None;
        }
        // SAFETY: the version was even and the same before and after the three loads, so they
        // belong to one `write`, which took them from a `&'static str` and a `&'static Location`.
        unsafe {
            let bytes = std::slice::from_raw_parts(name, length);
            Some((std::str::from_utf8_unchecked(bytes), &*location))
        }
    }
}
