//! The `run`s of components, side by side: on threads, or all in one task.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use super::function::{Function, run_has_ended};
use crate::error::Failure;
use crate::phase::{Boxed, Named, OnThread};
use crate::report;
use crate::shutdown::{Ongoing, Shutdown};
use crate::status::End;
use crate::sync::lock;
use crate::sys;
use crate::unwind::{__rust_begin_short_backtrace, Contained};

/// Runs each on a thread that is named after its component, until all have ended.
pub(crate) fn on_threads(works: Vec<Named<OnThread<'_>>>, shutdown: &Shutdown) -> End {
    // In the order in which they end: of several statuses the first counts.
    let all = &Mutex::new(End::Done);
    let note = |end| {
        let mut all = lock(all);
        *all = all.and(end);
    };
    thread::scope(|scope| {
        for (component, work) in works {
            let doing = shutdown.begin_activity(Function::Run.of(component));
            let run = move || {
                let work = AssertUnwindSafe(|| __rust_begin_short_backtrace(work));
                let returned = catch_unwind(work);
                drop(doing);
                if let Ok(Ok(end)) = returned {
                    // Before it asks the others to end, with statuses of their own.
                    note(end);
                }
                note(run_has_ended(component, returned, shutdown));
            };
            let thread = thread::Builder::new()
                // The system's names end at a NUL, so the standard library panics at one.
                .name(component.replace('\0', ""))
                .stack_size(sys::main_stack_size());
            if let Err(error) = thread.spawn_scoped(scope, run) {
                let problem = format!("cannot start the thread of component `{component}`");
                report::failure(&format!("{problem}: {error}"));
                shutdown.request(problem);
                note(End::Failed);
                break;
            }
        }
    });
    *lock(all)
}

type Work<'s> = Boxed<'s, Result<End, Failure>>;

/// Polls them until all have ended. Dropped before that, it drops them, the last first.
pub(crate) async fn in_a_task(works: Vec<Named<Work<'_>>>, shutdown: &Shutdown) -> End {
    let task = Arc::new(Mutex::new(Waker::noop().clone()));
    let futures = works.into_iter().map(|(component, work)| {
        let alarm = Arc::new(Alarm {
            rung: AtomicBool::new(true),
            task: Arc::clone(&task),
        });
        Running {
            component,
            work: Some(work),
            doing: Some(shutdown.begin_activity(Function::Run.of(component))),
            waker: Waker::from(Arc::clone(&alarm)),
            alarm,
        }
    });
    SideBySide {
        futures: futures.collect(),
        task: Arc::clone(&task),
        shutdown,
        end: End::Done,
    }
    .await
}

/// The futures, and the task that they are a part of.
struct SideBySide<'s> {
    futures: Vec<Running<'s>>,
    task: Arc<Mutex<Waker>>,
    shutdown: &'s Shutdown,
    /// How those have ended that have.
    end: End,
}

struct Running<'s> {
    component: &'static str,
    /// Until it has ended.
    work: Option<Work<'s>>,
    /// Until it has ended, too: what the end waits for.
    doing: Option<Ongoing>,
    alarm: Arc<Alarm>,
    waker: Waker,
}

/// Wakes the task for one of the futures, and says for which.
struct Alarm {
    rung: AtomicBool,
    task: Arc<Mutex<Waker>>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Where it has rung already the task is awake, and will look.
        if !self.rung.swap(true, Ordering::SeqCst) {
            let task = lock(&self.task).clone();
            task.wake();
        }
    }
}

impl Running<'_> {
    fn poll(&mut self) -> Poll<thread::Result<Result<End, Failure>>> {
        if self.work.is_none() || !self.alarm.rung.swap(false, Ordering::SeqCst) {
            return Poll::Pending;
        }
        let mut context = Context::from_waker(&self.waker);
        Pin::new(&mut Contained(Pin::new(&mut self.work))).poll(&mut context)
    }
}

impl Future for SideBySide<'_> {
    type Output = End;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        let this = self.get_mut();
        // First who is to be woken, and then what for: so no alarm is lost.
        let known = lock(&this.task).will_wake(context.waker());
        if !known {
            let task = context.waker().clone();
            let before = std::mem::replace(&mut *lock(&this.task), task);
            drop(before); // Foreign code, without the lock.
        }
        for future in &mut this.futures {
            if let Poll::Ready(returned) = future.poll() {
                future.doing = None;
                let end = run_has_ended(future.component, returned, this.shutdown);
                this.end = this.end.and(end);
            }
        }
        if this.futures.iter().all(|future| future.work.is_none()) {
            return Poll::Ready(this.end);
        }
        Poll::Pending
    }
}

impl Drop for SideBySide<'_> {
    /// One that panics when it is dropped does not keep the others from it.
    fn drop(&mut self) {
        let mut panicked: Option<Box<dyn Any + Send>> = None;
        while let Some(mut future) = self.futures.pop() {
            if let Err(panic) = Contained(Pin::new(&mut future.work)).give_up() {
                match &panicked {
                    None => panicked = Some(panic),
                    Some(_) => std::mem::forget(panic),
                }
            }
        }
        match panicked {
            Some(panic) if !thread::panicking() => resume_unwind(panic),
            Some(panic) => std::mem::forget(panic),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests;
