//! The `run`s of components, side by side: on threads, or all in one task.

use std::any::Any;
use std::cell::Cell;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use super::function::{Function, run_has_ended};
use crate::error::Failure;
use crate::phase::{Boxed, Component, Of, OnThread};
use crate::report;
use crate::shutdown::{Ongoing, Shutdown};
use crate::status::End;
use crate::sync::{lock, spawn_scoped};
use crate::sys;
use crate::unwind::{Contained, call, leak};

/// Calls each `run` on a thread that is named after its component, until all have ended. Returns the worst of their
/// ends; `None` where none has ended that ends the app.
pub(crate) fn on_threads(runs: Vec<Of<OnThread<'_>>>, shutdown: &Shutdown) -> Option<End> {
    // The ends are put together in the order in which they come, since of several statuses the first one counts.
    let worst = &Mutex::new(None);
    let note = |end| {
        let mut worst = lock(worst);
        *worst = worse(*worst, Some(end));
    };
    thread::scope(|scope| {
        for (component, run) in runs {
            let activity = shutdown.begin_activity(Function::Run.of(component.name));
            let body = move || {
                let returned = call(run);
                drop(activity);
                if let Ok(Ok(end @ (End::Code(_) | End::Signal(_)))) = returned {
                    // First the status and then the request: the request makes other `run`s return, and their statuses
                    // count after this one. The second `note` changes nothing then.
                    note(end);
                }
                if let Some(end) = run_has_ended(component, returned, shutdown) {
                    note(end);
                }
            };
            let thread = thread::Builder::new()
                // The standard library panics at a NUL in the name of a thread, since the system's names end there.
                .name(component.name.replace('\0', ""))
                .stack_size(sys::main_stack_size());
            if let Err(error) = spawn_scoped(scope, thread, Box::new(body)) {
                let problem = format!("cannot start the thread of component `{}`", component.name);
                report::error(&format!("{problem}: {error}"));
                shutdown.request(problem);
                note(End::Failed);
                break;
            }
        }
    });
    *lock(worst)
}

/// The worse of two ends, each of which may be none that ends the app.
fn worse(one: Option<End>, other: Option<End>) -> Option<End> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.and(other)),
        (one, other) => one.or(other),
    }
}

/// The future of one `run`.
type Run<'s> = Boxed<'s, Result<End, Failure>>;

/// Polls the `run`s until all have ended, and notes the worst of their ends, if one has ended that ends the app. Where
/// this future is dropped before that, it drops the `run`s, the last first. The ends of those that had ended by then
/// count all the same, so they are noted outside of it.
pub(crate) async fn in_a_task(
    runs: Vec<Of<Run<'_>>>,
    shutdown: &Shutdown,
    worst: &Cell<Option<End>>,
) {
    let task = Arc::new(Mutex::new(Waker::noop().clone()));
    let running = runs.into_iter().map(|(component, run)| {
        let alarm = Arc::new(Alarm {
            // Each is polled once without having been woken.
            rung: AtomicBool::new(true),
            task: Arc::clone(&task),
        });
        Running {
            component,
            run: Some(run),
            activity: Some(shutdown.begin_activity(Function::Run.of(component.name))),
            waker: Waker::from(Arc::clone(&alarm)),
            alarm,
        }
    });
    SideBySide {
        running: running.collect(),
        task: Arc::clone(&task),
        shutdown,
        worst,
    }
    .await;
}

/// The future that polls the `run`s of all components, each only when it was woken itself.
struct SideBySide<'s> {
    running: Vec<Running<'s>>,
    /// The waker of the task that polls this future. All alarms wake that one.
    task: Arc<Mutex<Waker>>,
    shutdown: &'s Shutdown,
    /// The worst end of the `run`s that have ended, without those that do not end the app.
    worst: &'s Cell<Option<End>>,
}

struct Running<'s> {
    component: Component,
    /// The future, until it has ended.
    run: Option<Run<'s>>,
    /// Says that the end of the app waits for this `run`, until it has ended.
    activity: Option<Ongoing>,
    alarm: Arc<Alarm>,
    waker: Waker,
}

/// The waker of one `run`: notes that this one is to be polled, and wakes the task.
struct Alarm {
    rung: AtomicBool,
    task: Arc<Mutex<Waker>>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // An alarm that has rung already has woken the task, which has not polled the `run` since.
        if !self.rung.swap(true, Ordering::SeqCst) {
            // A waker is foreign code, which may take long or wake this alarm again: it is called without the lock.
            let task = lock(&self.task).clone();
            task.wake();
        }
    }
}

impl Running<'_> {
    fn poll(&mut self) -> Poll<thread::Result<Result<End, Failure>>> {
        // The alarm is reset before the poll, so that one that rings during the poll leads to another one.
        if self.run.is_none() || !self.alarm.rung.swap(false, Ordering::SeqCst) {
            return Poll::Pending;
        }
        let mut context = Context::from_waker(&self.waker);
        Pin::new(&mut Contained(Pin::new(&mut self.run))).poll(&mut context)
    }
}

impl Future for SideBySide<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        // First the waker is stored, and then the alarms are looked at. An alarm that rings in between wakes this task;
        // in the other order it could wake the task of before, and nobody would look at it again.
        let known = lock(&this.task).will_wake(context.waker());
        if !known {
            let task = context.waker().clone();
            let before = std::mem::replace(&mut *lock(&this.task), task);
            drop(before); // To drop a waker is foreign code, so the lock is not held.
        }
        for running in &mut this.running {
            if let Poll::Ready(returned) = running.poll() {
                running.activity = None;
                let end = run_has_ended(running.component, returned, this.shutdown);
                this.worst.set(worse(this.worst.get(), end));
            }
        }
        if this.running.iter().all(|running| running.run.is_none()) {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for SideBySide<'_> {
    /// Drops all `run`s, the last first, also where one of them panics. The first panic goes on when all are dropped,
    /// unless this thread is panicking already, which would abort. The values of other panics are leaked.
    fn drop(&mut self) {
        let mut panicked: Option<Box<dyn Any + Send>> = None;
        while let Some(mut running) = self.running.pop() {
            if let Err(panic) = Contained(Pin::new(&mut running.run)).give_up() {
                match &panicked {
                    None => panicked = Some(panic),
                    Some(_) => leak(panic),
                }
            }
        }
        match panicked {
            Some(panic) if !thread::panicking() => resume_unwind(panic),
            Some(panic) => leak(panic),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests;
