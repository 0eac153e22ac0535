//! loom's, for threads that may be interrupted: who waits is on no processor.

use std::sync::LockResult;

use loom::sync::MutexGuard;

use crate::memory;

#[derive(Debug)]
pub(crate) struct Condvar(loom::sync::Condvar);

impl Condvar {
    pub(crate) fn new() -> Self {
        Condvar(loom::sync::Condvar::new())
    }

    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        memory::blocking(|| self.0.wait(guard))
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}
