//! A `stop` with a limit of its own: what is dropped, or left on its thread, when it takes longer.
//!
//! To leave a `stop` behind is to drop its future. In an async app that is the function itself, where it waits. A
//! function of threads cannot be dropped, so it has a thread of its own, and what is dropped is the wait for that
//! thread.

use std::fmt::{self, Debug};
use std::future::poll_fn;
use std::panic::{Location, resume_unwind};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use super::Boxed;
use super::machinery::{Base, Components, Given, Stop, Tasks, Threads};
use super::work::now;
use crate::Cancelled;
use crate::error::Failure;
use crate::shield::{Phase, Waiting, exempt_this_thread, inline_phase};
use crate::status::End;
use crate::sync::{hand_over_to, lock};
use crate::sys;
use crate::unwind::{call, leak};
use crate::wake::block_on;

/// A `stop` with a limit of its own; from [`timeout`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a `stop` is a part of an app when it is given to `App::with`"]
pub struct Within<F> {
    limit: Duration,
    stop: F,
    location: &'static Location<'static>,
}

/// Limits how long the `stop` of one component may take. When the limit has passed, the component is named on standard
/// error and left behind, the others are stopped, and the exit status is 124.
///
/// In an async app such a `stop` is dropped where it waits, as soon as no shield is held in it. One that blocks its
/// thread cannot be dropped; it is waited for, and [`App::timeout_stop`](crate::App::timeout_stop) still holds.
///
/// In an app of threads such a `stop` is called on a thread of its own, and is left there: that thread goes on until
/// the process ends, with the state, and its shields hold up nothing. So the state is `Send`, and the function may ask
/// for its own state and the [`Shutdown`](crate::Shutdown) handle, but for nothing that other components have made,
/// since these are stopped meanwhile.
///
/// What the component's `start` has pushed on its [`Cleanup`](crate::Cleanup) is undone in any case. The limit is
/// counted in ticks, as that of [`App::timeout_stop`](crate::App::timeout_stop) is, which goes on counting for all
/// components together.
///
/// # Errors
///
/// With a limit of zero the app does not begin, and [`App::run`](crate::App::run) returns
/// [`Error::Contradiction`](crate::Error::Contradiction).
///
/// ```no_run
/// use aplomb::component::timeout;
/// use aplomb::{Absent, App};
/// use std::time::Duration;
/// # use std::convert::Infallible;
///
/// struct Cache;
///
/// impl Cache {
///     fn start() -> Result<Self, Infallible> { Ok(Cache) }
///     fn stop(self) {}
/// }
///
/// App::components()
///     .with("cache", Cache::start, Absent, timeout(Duration::from_secs(5), Cache::stop))
///     .main()
/// ```
#[track_caller]
pub const fn timeout<F>(limit: Duration, stop: F) -> Within<F> {
    Within {
        limit,
        stop,
        location: Location::caller(),
    }
}

#[diagnostic::do_not_recommend]
impl<F, L, T, Own, X> Stop<L, T, Own, (Tasks, X)> for Within<F>
where
    L: Components<Kind = Tasks>,
    F: Stop<L, T, Own, X>,
{
    fn stop(self, given: Given<'_, L, T>) -> Boxed<'_, Result<End, Failure>> {
        self.stop.stop(given)
    }

    fn limit(&self) -> Option<Duration> {
        Some(self.limit)
    }
}

#[diagnostic::do_not_recommend]
impl<F, L, T, Own, X> Stop<L, T, Own, (Threads, X)> for Within<F>
where
    L: Components<Kind = Threads>,
    T: Send + 'static,
    F: Stop<Base<Threads>, T, Own, X>,
{
    fn stop(self, given: Given<'_, L, T>) -> Boxed<'_, Result<End, Failure>> {
        let shutdown = given.handle().clone();
        let mut own = given.into_own();
        let Within { stop, location, .. } = self;
        let stop = Box::new(move || {
            block_on(inline_phase(Phase::Stop, location, async {
                // The app's thread holds the shield of `stop` for as long as it waits for this thread. When it does not
                // wait any more, nobody does.
                let before = exempt_this_thread(true);
                let returned = call(|| {
                    let given = Given::new(&shutdown, Some(&mut own));
                    now(stop.stop(given)).map_err(|failure| Told::of(&failure))
                });
                // A state that `stop` has only looked at is dropped here: that is a part of what is limited. A panic of
                // that drop is a panic of `stop`.
                let dropped = call(|| own = None);
                exempt_this_thread(before);
                match dropped {
                    Ok(()) => returned,
                    Err(panic) => {
                        leak(returned);
                        Err(panic)
                    }
                }
            }))
        });
        Box::pin(on_a_thread(stop))
    }

    fn limit(&self) -> Option<Duration> {
        Some(self.limit)
    }
}

type Returned = thread::Result<Result<End, Told>>;

/// What the thread of a `stop` leaves for whoever waits for it.
#[derive(Default)]
struct Handover {
    returned: Option<Returned>,
    waiting: Option<Waker>,
    /// Whether nobody waits any more.
    left_behind: bool,
}

/// Notes that nobody waits for the thread any more.
struct LeaveBehind(Arc<Mutex<Handover>>);

impl Drop for LeaveBehind {
    fn drop(&mut self) {
        lock(&self.0).left_behind = true;
    }
}

/// Calls a `stop` on a thread of its own, and waits for it. If the system has no thread left, it is called here.
async fn on_a_thread(stop: Box<dyn FnOnce() -> Returned + Send>) -> Result<End, Failure> {
    let handover = Arc::new(Mutex::new(Handover::default()));
    let there = Arc::clone(&handover);
    let waited_for = Arc::clone(&handover);
    // The lock is for the look.
    let waiting = Waiting::here(move || !lock(&waited_for).left_behind);
    let work = move |stop: Box<dyn FnOnce() -> Returned + Send>| {
        let returned = waiting.call(stop);
        // The lock orders this behind the look of whoever waits: that one has left its waker, or finds what is here.
        let mut handover = lock(&there);
        if handover.left_behind {
            return leak(returned);
        }
        handover.returned = Some(returned);
        let waiting = handover.waiting.take();
        drop(handover);
        // This wakes the app's thread, which sleeps in our own `block_on`.
        waiting.into_iter().for_each(Waker::wake);
    };
    let thread = thread::Builder::new()
        .name("stop".into())
        .stack_size(sys::main_stack_size());
    let returned = match hand_over_to(thread, stop, work) {
        Ok(()) => {
            let place = LeaveBehind(handover);
            poll_fn(|context| {
                // The lock is held from the look to the leaving of the waker, which is ours, and runs no code of
                // others.
                let mut handover = lock(&place.0);
                let returned = handover.returned.take();
                returned.map_or_else(
                    || {
                        handover.waiting = Some(context.waker().clone());
                        Poll::Pending
                    },
                    Poll::Ready,
                )
            })
            .await
        }
        Err(stop) => stop(),
    };
    match returned {
        Ok(returned) => returned.map_err(Told::into_failure),
        Err(panic) => resume_unwind(panic),
    }
}

/// An error of the user's as it is told on another thread: the error itself need not be `Send`.
enum Told {
    Cancelled,
    Text(Text),
}

/// The text of an error, as its `Debug` has written it.
struct Text(String);

impl Told {
    fn of(failure: &Failure) -> Self {
        if failure.is_cancelled() {
            return Told::Cancelled;
        }
        Told::Text(Text(failure.text()))
    }

    fn into_failure(self) -> Failure {
        match self {
            Told::Cancelled => Failure::new(Cancelled),
            Told::Text(text) => Failure::new(text),
        }
    }
}

impl Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::sync::mpsc;
    use std::task::Context;

    fn stop(ends: impl FnOnce() -> Returned + Send + 'static) -> thread::Result<End> {
        call(|| block_on(on_a_thread(Box::new(ends))).unwrap_or(End::Failed))
    }

    #[test]
    fn the_thread_hands_over_what_has_been_returned() {
        assert_eq!(stop(|| Ok(Ok(End::Code(3)))).ok(), Some(End::Code(3)));
        let full = || Ok(Err(Told::of(&Failure::new("full"))));
        assert_eq!(stop(full).ok(), Some(End::Failed));
        let failed = block_on(on_a_thread(Box::new(full))).unwrap_err();
        assert_eq!(failed.text(), "\"full\"");
        let cancelled = Told::of(&Failure::new(Cancelled)).into_failure();
        assert!(cancelled.is_cancelled());
        let panic = stop(|| Err(Box::new("torn"))).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"torn"));
    }

    /// The thread goes on when nobody waits for it any more.
    #[test]
    fn what_is_left_behind_goes_on() {
        let (go, gone) = (mpsc::channel::<()>(), mpsc::channel());
        let (asked, told) = (go.1, gone.0);
        {
            let waits = on_a_thread(Box::new(move || {
                asked.recv().expect("it is told to go on");
                told.send(()).expect("somebody listens");
                Err(Box::new("nobody hears of this"))
            }));
            let mut waits = pin!(waits);
            let mut context = Context::from_waker(Waker::noop());
            assert!(waits.as_mut().poll(&mut context).is_pending());
        }
        go.0.send(()).expect("the thread is there");
        assert_eq!(gone.1.recv(), Ok(()));
    }
}
