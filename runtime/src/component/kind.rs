//! The two kinds of components: of apps of threads, and of async apps.

use std::future::Future;
use std::pin::Pin;

use super::callback;
use super::list::Then;
use crate::exit::End;
use crate::failure::Failure;

/// What apps of components may be made of: [`OfThreads`] or [`OfTasks`].
pub trait Kind: 'static {
    /// A `run` that is to begin.
    #[doc(hidden)]
    type Work<'s>;
    /// A function that a signal calls.
    #[doc(hidden)]
    type Callback<List: 'static>;

    /// The same, with one more component after those that it sees.
    #[doc(hidden)]
    fn lift<Before: 'static, T: 'static>(
        callback: Self::Callback<Before>,
    ) -> Self::Callback<Then<Before, T>>;
}

/// Each `run` is a thread.
#[derive(Debug)]
pub enum OfThreads {}

/// Each `run` is a future; they are polled side by side in one task.
#[derive(Debug)]
pub enum OfTasks {}

impl Kind for OfThreads {
    type Work<'s> = Box<dyn FnOnce() -> Result<End, Failure> + Send + 's>;
    type Callback<List: 'static> = callback::OfThread<List>;

    fn lift<Before: 'static, T: 'static>(
        callback: Self::Callback<Before>,
    ) -> Self::Callback<Then<Before, T>> {
        Box::new(|list| callback(&list.before))
    }
}

impl Kind for OfTasks {
    type Work<'s> = Awaited<'s, Result<End, Failure>>;
    type Callback<List: 'static> = callback::OfTask<List>;

    fn lift<Before: 'static, T: 'static>(
        callback: Self::Callback<Before>,
    ) -> Self::Callback<Then<Before, T>> {
        Box::new(callback::Lifted(callback))
    }
}

/// What is awaited.
pub(crate) type Awaited<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What belongs to the component of this name.
pub(crate) type Named<T> = (&'static str, T);
