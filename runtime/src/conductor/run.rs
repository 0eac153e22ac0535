//! The `run` of an app, with the functions of signals beside it: on threads, and in a task.

use std::future::{Future, poll_fn};
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::thread;

use super::app_thread::AppThread;
use crate::error::Failure;
use crate::lifecycle::Event;
use crate::phase::{Await, Boxed, Call};
use crate::shield::Scope;
use crate::shutdown::Shutdown;
use crate::status::End;
use crate::sys;
use crate::unwind::{Contained, discard_all, judge, of_phase, panicked};

/// Runs `run`, with a thread beside it that calls the callbacks whose signals come; without
/// callbacks there is no thread.
///
/// The thread lives as long as `run`, so what the callbacks borrow of the state is theirs for
/// exactly as long as it is `run`'s. One that is being called when `run` ends is waited for.
pub(super) fn with_callbacks(
    callbacks: Vec<Call<'_>>,
    shutdown: &Shutdown,
    run: impl FnOnce() -> Result<End, Failure>,
) -> Result<End, Failure> {
    if callbacks.is_empty() {
        return run();
    }
    let over = &AtomicBool::new(false);
    thread::scope(|scope| {
        let spawned = thread::Builder::new()
            .name("aplomb-callbacks".into())
            .spawn_scoped(scope, move || serve(callbacks, over, shutdown));
        if let Err(error) = spawned {
            let error = format!("cannot start the thread of the signals' functions: {error}");
            return Err(Failure::new(io::Error::other(error)));
        }
        // However `run` ends: the scope waits for the thread.
        let _tell = TellOver { over, shutdown };
        run()
    })
}

struct TellOver<'a> {
    over: &'a AtomicBool,
    shutdown: &'a Shutdown,
}

impl Drop for TellOver<'_> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.shutdown.shared_inbox().callbacks_event().set();
    }
}

fn serve(callbacks: Vec<Call<'_>>, over: &AtomicBool, shutdown: &Shutdown) {
    call(&callbacks, over, shutdown);
    if discard_all(callbacks) == End::Panicked {
        shutdown.note_panic();
    }
}

fn call(callbacks: &[Call<'_>], over: &AtomicBool, shutdown: &Shutdown) {
    let inbox = shutdown.shared_inbox();
    loop {
        let due = inbox.take_due();
        for (position, callback) in callbacks.iter().enumerate() {
            if over.load(Ordering::SeqCst) {
                return;
            }
            if due & (1 << position) == 0 {
                continue;
            }
            let returned = catch_unwind(AssertUnwindSafe(callback));
            note_callback(returned, shutdown);
        }
        if over.load(Ordering::SeqCst) {
            return;
        }
        sys::wait(&[inbox.callbacks_event()], None);
    }
}

/// Notes how a function has ended that a signal has called: what is not well there ends the app, too.
pub(super) fn note_callback(returned: thread::Result<Result<(), Failure>>, shutdown: &Shutdown) {
    match judge(returned, shutdown.is_requested()) {
        (End::Failed, _) => shutdown.note_failure(),
        (End::Panicked, _) => shutdown.note_panic(),
        (End::Done | End::Code(_) | End::Cancelled, _) => {}
    }
}

type Returned = thread::Result<Result<End, Failure>>;

/// Runs `run`, and beside it the callbacks whose signals come.
pub(super) async fn run_or_give_up(
    thread: &AppThread,
    run: impl Future<Output = Result<End, Failure>>,
    callbacks: &[Await<'_>],
) -> End {
    let mut run = pin!(Some(run));
    let mut work = Work {
        run: Contained(run.as_mut()),
        returned: None,
        callbacks: Callbacks {
            all: callbacks,
            shutdown: &thread.shutdown,
            due: 0,
            called: None,
        },
    };
    let judge = |returned| of_phase(thread.judge(returned));
    let scope = Scope::new();
    let (mut alive, mut held_back) = (false, false);
    let returned = poll_fn(|context| {
        let given_up = thread.channel.attend(context);
        if given_up {
            scope.close();
        }
        // Before `run` is polled, which may block from here on.
        if thread.shutdown.is_requested() && !mem::replace(&mut alive, true) {
            thread.shutdown.events().post(Event::Alive);
        }
        if !given_up || !scope.is_clear(context.waker()) {
            if let Poll::Ready(returned) = scope.enter(|| work.poll(context)) {
                return Poll::Ready(Some(returned));
            }
            if !given_up {
                return Poll::Pending;
            }
            if !scope.is_clear(context.waker()) {
                if !mem::replace(&mut held_back, true) {
                    thread.shutdown.events().post(Event::HeldBack);
                }
                return Poll::Pending;
            }
        }
        Poll::Ready(None)
    })
    .await;
    let Some(returned) = returned else {
        thread.shutdown.events().post(Event::Dropping);
        let end = work.give_up();
        // It may have ended, and only a callback beside it has not.
        return match work.returned.take() {
            Some(returned) => judge(returned).and(end),
            None => end,
        };
    };
    judge(returned)
}

/// `run`, and the callbacks beside it.
struct Work<'a, 's, F> {
    run: Contained<'a, F>,
    returned: Option<Returned>,
    callbacks: Callbacks<'a, 's>,
}

impl<F: Future<Output = Result<End, Failure>>> Work<'_, '_, F> {
    /// A callback that has begun when `run` ends is waited for; another does not begin.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Returned> {
        if self.returned.is_none() {
            // First the callbacks, as the signal has come first.
            let _ = self.callbacks.poll(context, true);
            match Pin::new(&mut self.run).poll(context) {
                Poll::Ready(returned) => self.returned = Some(returned),
                Poll::Pending => return Poll::Pending,
            }
        }
        ready!(self.callbacks.poll(context, false));
        self.returned.take().map_or(Poll::Pending, Poll::Ready)
    }

    fn give_up(&mut self) -> End {
        let mut end = End::Cancelled;
        if let Some(called) = self.callbacks.called.take() {
            let mut called = pin!(Some(called));
            if let Err(panic) = Contained(called.as_mut()).give_up() {
                end = panicked(panic);
            }
        }
        if let Err(panic) = self.run.give_up() {
            end = panicked(panic);
        }
        end
    }
}

/// The callbacks: one at a time, and once more for signals that come meanwhile.
struct Callbacks<'a, 's> {
    all: &'a [Await<'s>],
    shutdown: &'a Shutdown,
    /// A set of positions.
    due: u64,
    called: Option<Boxed<'s, Result<(), Failure>>>,
}

impl Callbacks<'_, '_> {
    /// Ready when none is being called.
    fn poll(&mut self, context: &mut Context<'_>, may_begin: bool) -> Poll<()> {
        loop {
            if self.called.is_some() {
                let mut called = Pin::new(&mut self.called);
                let returned = ready!(Pin::new(&mut Contained(called.as_mut())).poll(context));
                note_callback(returned, self.shutdown);
            }
            if !may_begin {
                return Poll::Ready(());
            }
            self.due |= self.shutdown.shared_inbox().take_due_if_any();
            if self.due == 0 {
                return Poll::Ready(());
            }
            let position = self.due.trailing_zeros();
            self.due &= !(1 << position);
            let callback = self.all.get(position as usize);
            self.called = callback.map(|callback| callback());
        }
    }
}
