//! `#[shielded] async fn`: a task of its own. What awaits the function may be dropped; the task goes on.

use std::any::Any;
use std::fmt;
use std::future::{Future, poll_fn};
use std::mem;
use std::panic::{Location, resume_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinHandle;

use super::region::{Region, Site};
use crate::events;
use crate::status::End;
use crate::sync::hand_over;
use crate::unwind::{Contained, discard, panicked};
use crate::wake::block_on;

/// The attribute writes this around the body of a function that owns its arguments.
#[doc(hidden)]
#[track_caller]
#[rustfmt::skip]
pub fn task<F>(name: &'static str, future: F) -> Task<F>
where
    // rustc shows these lines, with their comments, where a body does not keep to them.
    F: Future,
    F: Send, // it goes from thread to thread, with all that it holds across an `.await`; `#[shielded(inline)]` may stay on one
    F: 'static, // it may outlive its caller, so it cannot borrow; `#[shielded(inline)]` may
{
    Task::new(name, future)
}

/// The attribute writes this around a future that is in a box already.
#[doc(hidden)]
#[must_use = "a future does nothing unless it is awaited"]
#[track_caller]
pub fn boxed_task<F>(name: &'static str, future: Pin<Box<F>>) -> Pin<Box<Task<Pin<Box<F>>>>>
where
    F: Future + ?Sized + 'static,
{
    Box::pin(Task::new(name, future))
}

/// Awaits the task, which begins with the first poll. Dropping this value leaves the task alone.
#[doc(hidden)]
pub struct Task<F: Future>(State<F>);

enum State<F: Future> {
    NotBegun(F, Region),
    Running(JoinHandle<Verdict<F::Output>>),
    Ended,
}

impl<F: Future> Task<F> {
    #[track_caller]
    fn new(name: &'static str, future: F) -> Self {
        let location = Location::caller();
        let region = Region::new(Site { name, location });
        Self(State::NotBegun(future, region))
    }
}

impl<F: Future> fmt::Debug for Task<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").finish_non_exhaustive()
    }
}

/// The future is not polled here, only moved to its task.
impl<F: Future> Unpin for Task<F> {}

impl<F> Future for Task<F>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let state = &mut self.get_mut().0;
        if let State::NotBegun(_, region) = state {
            // A task always has a runtime. It is faster to ask for the task than for the runtime's handle, so this asks
            // for the task first.
            if tokio::task::try_id().is_none() && Handle::try_current().is_err() {
                no_runtime(region.site());
            }
            // The region is entered here and not in the task. So what waits at the gate has not begun, and may be
            // cancelled by dropping this value.
            ready!(region.poll_enter(context));
            if let State::NotBegun(future, region) = mem::replace(state, State::Ended) {
                *state = State::Running(tokio::spawn(Uncut::new(future, region)));
            }
        }
        let State::Running(handle) = state else {
            panic!("a future is not polled again when it has ended");
        };
        let verdict = ready!(Pin::new(handle).poll(context));
        *state = State::Ended;
        match verdict.map(Verdict::take) {
            Ok(Ok(value)) => Poll::Ready(value),
            Ok(Err(panic)) => resume_unwind(panic),
            // Nobody else has the handle, so the task was not aborted.
            Err(cut) => {
                panic!("the runtime has ended under a shielded task, whose result is lost: {cut}")
            }
        }
    }
}

fn no_runtime(site: Site) -> ! {
    let Site { name, location } = site;
    panic!(
        "`{name}`, called at {location}, is shielded and so a task of its own, which takes a tokio \
         runtime: call it in one, as in the phases of an `async fn main`, or write `#[shielded(inline)]`"
    )
}

type Panic = Box<dyn Any + Send>;

/// How a task has ended. A panic that nobody takes from here decides the exit status.
struct Verdict<T>(Option<Result<T, Panic>>);

impl<T> Verdict<T> {
    fn take(mut self) -> Result<T, Panic> {
        self.0.take().expect("a verdict is taken once")
    }
}

impl<T> Drop for Verdict<T> {
    fn drop(&mut self) {
        let end = match self.0.take() {
            None => return,
            Some(Ok(value)) => discard(value),
            Some(Err(panic)) => panicked(panic),
        };
        if end == End::Panicked {
            events::note_panic();
        }
    }
}

/// The work of the task. It is in a box: tokio starts a small task faster, and what is in a box can go on elsewhere.
type Body<T> = Pin<Box<dyn Future<Output = Verdict<T>> + Send>>;

async fn body<F: Future>(future: F, region: Region) -> Verdict<F::Output> {
    region.note_holder();
    let mut future = pin!(Some(future));
    let mut future = Contained(future.as_mut());
    let verdict = poll_fn(|context| region.run_inside(|| Pin::new(&mut future).poll(context)));
    Verdict(Some(verdict.await))
}

/// The task, as tokio polls it. Where the runtime ends, and so drops its tasks, the body goes on
/// without that runtime.
struct Uncut<T: Send + 'static>(Option<Body<T>>);

impl<T: Send + 'static> Uncut<T> {
    fn new<F>(future: F, region: Region) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        Uncut(Some(Box::pin(body(future, region))))
    }
}

impl<T: Send + 'static> Future for Uncut<T> {
    type Output = Verdict<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Verdict<T>> {
        let Some(body) = &mut self.0 else {
            panic!("a future is not polled again when it has ended");
        };
        let verdict = ready!(body.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(verdict)
    }
}

impl<T: Send + 'static> Drop for Uncut<T> {
    fn drop(&mut self) {
        let Some(body) = self.0.take() else {
            return;
        };
        let finish = |body: Body<T>| {
            // The body goes on in a new runtime, which has the timers and sockets that the body begins to use from here
            // on. Those that it has used have ended with the other runtime.
            match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => drop(runtime.block_on(body)),
                Err(_) => drop(block_on(body)),
            }
        };
        // The body goes on in a thread of its own, since it may wait for the thread that drops the runtime. Where the
        // system has no thread left, the body goes on here.
        if let Err(body) = hand_over("aplomb-shielded", body, finish) {
            drop(block_on(body));
        }
    }
}
