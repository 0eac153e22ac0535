//! What an app does in the phase `run`: its `run`s, and the functions of its signals.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::{Boxed, Component};
use crate::error::Failure;
use crate::signal::{Inbox, Signal};
use crate::status::End;

/// A component, and something that belongs to the component.
pub(crate) type Of<T> = (Component, T);

/// The `run` of a component in an app of threads, which a thread of its own calls.
pub(crate) type OnThread<'s> = Box<dyn FnOnce() -> Result<End, Failure> + Send + 's>;

/// A signal's function in an app of threads. A thread of ours calls it, as often as the signal makes that necessary.
pub(crate) type Call<'s> = Callback<dyn Fn(&Signal) -> Result<(), Failure> + Send + 's>;

/// A signal's function in an async app: each call makes a future, which the task of `run` awaits.
pub(crate) type Await<'s> = Callback<dyn Fn(Signal) -> Boxed<'s, Result<(), Failure>> + 's>;

/// A signal's function.
pub(crate) struct Callback<F: ?Sized> {
    signal: i32,
    /// How many of these signals it was called for.
    seen: Cell<u32>,
    pub(crate) call: Box<F>,
}

impl<F: ?Sized> Callback<F> {
    pub(crate) fn new(signal: i32, call: Box<F>) -> Self {
        Callback {
            signal,
            seen: Cell::new(0),
            call,
        }
    }

    /// What has arrived of its signal since the last call, as one signal. `None` if nothing has: the call before was
    /// for this arrival, too, which has made the function due once more.
    pub(crate) fn next(&self, inbox: &Inbox) -> Option<Signal> {
        let mut seen = self.seen.get();
        let signal = inbox.arrived().since(self.signal, &mut seen);
        self.seen.set(seen);
        signal
    }
}

/// The `run`s of an app and the functions of its signals, each with what it has asked for.
///
/// All of them are gathered before the first begins. So each state is lent out once, for as long as `run` lasts, and
/// the compiler proves that no two of them change the same value.
#[derive(Default)]
#[allow(missing_debug_implementations, reason = "functions of the user's")]
pub struct Work<'s> {
    /// The `run` of a plain app, that is of one without components.
    pub(crate) alone: Option<Boxed<'s, Result<End, Failure>>>,
    /// The `run`s of components in an async app.
    pub(crate) tasks: Vec<Of<Boxed<'s, Result<End, Failure>>>>,
    /// The `run`s of components in an app of threads.
    pub(crate) threads: Vec<Of<OnThread<'s>>>,
    /// The functions of the signals in an app of threads, in the order in which the app names the signals.
    pub(crate) called: Vec<Call<'s>>,
    /// The functions of the signals in an async app, in the order in which the app names the signals.
    pub(crate) awaited: Vec<Await<'s>>,
}

/// Polls a future once, and returns its value. Every function is called through a future, so that there is one sequence
/// of the phases for threads and for tasks; the future of a function that is no `async fn` is ready at its first poll.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a function that is no `async fn` does not wait"),
    }
}
