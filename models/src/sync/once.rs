//! A cell that is written once, which loom has none of.

use std::sync::atomic::Ordering;

use loom::sync::Mutex;
use loom::sync::atomic::AtomicBool;

#[derive(Debug)]
pub(crate) struct OnceLock<T> {
    /// Carries the ordering: no other thread runs between it and the value.
    set: AtomicBool,
    value: std::sync::OnceLock<T>,
    initializing: Mutex<()>,
}

impl<T> OnceLock<T> {
    pub(crate) fn new() -> Self {
        OnceLock {
            set: AtomicBool::new(false),
            value: std::sync::OnceLock::new(),
            initializing: Mutex::new(()),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        let set = self.set.load(Ordering::Acquire);
        self.value.get().filter(|_| set)
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        match self
            .set
            .compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => self.value.set(value),
            Err(_) => Err(value),
        }
    }

    pub(crate) fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let _initializing = crate::sync::lock(&self.initializing);
        if self.get().is_none() {
            let _ = self.set(init());
        }
        self.get().expect("it is set")
    }
}
