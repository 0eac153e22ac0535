//! Waking tasks, as the models have it: theirs do not panic.

use std::task::Waker;

pub(crate) fn wake_all(tasks: impl IntoIterator<Item = Waker>) {
    tasks.into_iter().for_each(Waker::wake);
}
