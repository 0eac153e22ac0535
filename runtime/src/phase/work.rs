//! What is to be done while an app runs.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::Boxed;
use crate::error::Failure;
use crate::status::End;

/// A value of a component, with the component's name.
pub(crate) type Named<T> = (&'static str, T);

/// A `run` that is to be a thread.
pub(crate) type OnThread<'s> = Box<dyn FnOnce() -> Result<End, Failure> + Send + 's>;

/// A signal's function, to be called on a thread of ours.
pub(crate) type Call<'s> = Box<dyn Fn() -> Result<(), Failure> + Send + 's>;

/// A signal's function, to be called and awaited.
pub(crate) type Await<'s> = Box<dyn Fn() -> Boxed<'s, Result<(), Failure>> + 's>;

/// The `run`s of an app, and the functions that signals call, with all that they have asked for.
#[derive(Default)]
#[allow(missing_debug_implementations, reason = "functions of the user's")]
pub struct Work<'s> {
    /// The `run` of an app that is no list of components.
    pub(crate) alone: Option<Boxed<'s, Result<End, Failure>>>,
    /// The `run`s of components: each is of one of these two.
    pub(crate) tasks: Vec<Named<Boxed<'s, Result<End, Failure>>>>,
    pub(crate) threads: Vec<Named<OnThread<'s>>>,
    /// The functions of the app's signals, in the order of the signals: all of them are of one of these two.
    pub(crate) called: Vec<Call<'s>>,
    pub(crate) awaited: Vec<Await<'s>>,
}

/// The value of a future that waits for nothing.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a function that is no `async fn` does not wait"),
    }
}
