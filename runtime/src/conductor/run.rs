//! The `run` of an app, and the functions that signals call meanwhile: on threads, or in one task.
//!
//! A *callback* is such a function of a signal. It is *due* from the signal on until it is called. To *give up* `run`
//! is to drop its future where it waits.

use std::future::{Future, poll_fn};
use std::io;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::thread;

use super::app_thread::AppThread;
use crate::error::Failure;
use crate::lifecycle::Event;
use crate::phase::{Await, Boxed, Call};
use crate::shield::Scope;
use crate::shutdown::{Activity, Ongoing, Shutdown};
use crate::status::End;
use crate::sync::spawn_scoped;
use crate::sys;
use crate::unwind::{Contained, call, discard_all, end_forked_child, flatten_end, judge, panicked};

/// Runs `run` on this thread. Where there are callbacks, another thread calls them meanwhile.
///
/// That thread ends with `run`, so callbacks can borrow the state for as long as `run` does. A callback that is being
/// called when `run` ends is waited for.
///
/// # Errors
///
/// The error of `run`; or one that says that the thread cannot be started. In that case `run` is not called.
pub(super) fn with_callbacks(
    callbacks: Vec<Call<'_>>,
    shutdown: &Shutdown,
    run: impl FnOnce() -> Result<End, Failure>,
) -> Result<End, Failure> {
    if callbacks.is_empty() {
        return run();
    }
    let run_ended = &AtomicBool::new(false);
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("aplomb-callbacks".into());
        let work = Box::new(move || serve(callbacks, run_ended, shutdown));
        if let Err(error) = spawn_scoped(scope, thread, work) {
            let error = format!("cannot start the thread of the signals' functions: {error}");
            return Err(Failure::new(io::Error::other(error)));
        }
        // A guard, since a panic of `run` must end the thread, too: the scope waits for it before the panic goes on.
        let end = EndOnDrop {
            run_ended,
            shutdown,
        };
        let returned = run();
        drop(end);
        run_has_ended(returned, shutdown)
    })
}

/// Ends the thread of the callbacks.
struct EndOnDrop<'a> {
    run_ended: &'a AtomicBool,
    shutdown: &'a Shutdown,
}

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        if !self.shutdown.inbox().is_home() {
            // The scope would wait for a thread that a forked child does not have, whether `run` has returned there or
            // panics.
            end_forked_child();
        }
        // The flag is set before the event. In the other order the thread could wake, find the flag unset, clear the
        // event and sleep for ever.
        self.run_ended.store(true, Ordering::SeqCst);
        self.shutdown.inbox().callbacks_event().set();
        if thread::panicking() {
            self.shutdown.events().post(Event::RunEnded(End::Panicked));
        }
    }
}

/// Tells the listener that `run` has ended like this, where a callback may go on. Returns the same, with which the step
/// is judged when that callback has returned.
fn run_has_ended(returned: Result<End, Failure>, shutdown: &Shutdown) -> Result<End, Failure> {
    // The shutdown begins here, so whether it was requested before has to be noted in the error.
    let asked = shutdown.is_requested();
    let end = returned.as_ref().map_or(End::Failed, |end| *end);
    shutdown.events().post(Event::RunEnded(end));
    returned.map_err(|failure| if asked { failure } else { failure.unasked() })
}

/// Calls callbacks until `run` has ended, and drops them.
fn serve(callbacks: Vec<Call<'_>>, run_ended: &AtomicBool, shutdown: &Shutdown) {
    call_due(&callbacks, run_ended, shutdown);
    if discard_all(callbacks) == End::Panicked {
        shutdown.note_panic();
    }
}

fn call_due(callbacks: &[Call<'_>], run_ended: &AtomicBool, shutdown: &Shutdown) {
    let inbox = shutdown.inbox();
    loop {
        // This clears the event before it takes the set, and the signal handler does the reverse: so a signal that
        // comes in between leaves the event set, and the sleep below ends at once.
        let due = inbox.take_due();
        for (position, callback) in callbacks.iter().enumerate() {
            if run_ended.load(Ordering::SeqCst) {
                return;
            }
            if due & (1 << position) == 0 {
                continue;
            }
            let Some(signal) = callback.next(inbox) else {
                continue;
            };
            prepare_streams();
            let ongoing = shutdown.begin_activity(Activity::OnSignal(signal.number()));
            let returned = call(|| (callback.call)(&signal));
            drop(ongoing);
            note_callback(returned, shutdown);
        }
        if run_ended.load(Ordering::SeqCst) {
            return;
        }
        sys::wait(&[inbox.callbacks_event()], None);
    }
}

/// Prepares the standard streams for a callback, which may print. Where SIGHUP is ignored, as under `nohup`, nobody
/// tells that the terminal is gone, and a `println!` would panic.
fn prepare_streams() {
    sys::replace_lost_terminal();
}

/// Notes how a callback has ended. An `Err` and a panic decide the exit status, and ask for the shutdown.
pub(super) fn note_callback(returned: thread::Result<Result<(), Failure>>, shutdown: &Shutdown) {
    let _reporting = shutdown.begin_report(&returned);
    match judge(returned, shutdown.is_requested()) {
        (End::Failed, _) => shutdown.note_failure(),
        (End::Panicked, _) => shutdown.note_panic(),
        (End::Done | End::Code(_) | End::Signal(_) | End::Cancelled, _) => {}
    }
}

type Returned = thread::Result<Result<End, Failure>>;

/// Polls `run`, and the callbacks that are due, until `run` has ended or was given up.
///
/// The listener has to know whether `run` can still be given up. So this reports three events: `Alive` when the task is
/// polled for the first time after the request, `HeldBack` when a shield keeps `run` from being dropped, and `Dropping`
/// when `run` is dropped.
pub(super) async fn run_or_give_up(
    thread: &AppThread,
    run: impl Future<Output = Result<End, Failure>>,
    callbacks: &[Await<'_>],
) -> End {
    let mut run = pin!(Some(run));
    let mut work = RunWithCallbacks {
        run: Contained(run.as_mut()),
        returned: None,
        callbacks: Callbacks {
            all: callbacks,
            shutdown: &thread.shutdown,
            due: 0,
            running: None,
            ongoing: None,
        },
    };
    let judge = |returned| flatten_end(thread.judge(returned));
    let scope = Scope::new();
    let (mut reported_alive, mut reported_held_back) = (false, false);
    let returned = poll_fn(|context| {
        let given_up = thread.channel.register_task(context);
        if given_up {
            // From here on no region begins in `run`, or it could be held back for ever.
            scope.close();
        }
        // This is reported before `run` is polled, since that poll may block. The listener takes a task that has not
        // reported for one that is blocked.
        if thread.shutdown.is_requested() && !mem::replace(&mut reported_alive, true) {
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
                if !mem::replace(&mut reported_held_back, true) {
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
        // `run` itself may have ended, and only a callback was still being awaited.
        return match work.returned.take() {
            Some(returned) => judge(returned).and(end),
            None => end,
        };
    };
    judge(returned)
}

/// `run`, and the callbacks that are called meanwhile.
struct RunWithCallbacks<'a, 's, F> {
    run: Contained<'a, F>,
    returned: Option<Returned>,
    callbacks: Callbacks<'a, 's>,
}

impl<F: Future<Output = Result<End, Failure>>> RunWithCallbacks<'_, '_, F> {
    /// Ready when `run` has ended, and with it the callback that was being called, if any. No callback begins after
    /// that.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Returned> {
        if self.returned.is_none() {
            // The callbacks are polled first. So a signal that has come before this poll has its callback begun, even
            // if `run` ends in this poll.
            let _ = self.callbacks.poll(context, true);
            match Pin::new(&mut self.run).poll(context) {
                Poll::Ready(returned) if self.callbacks.running.is_some() => {
                    let shutdown = self.callbacks.shutdown;
                    self.returned = Some(match returned {
                        Ok(returned) => Ok(run_has_ended(returned, shutdown)),
                        Err(panic) => {
                            shutdown.events().post(Event::RunEnded(End::Panicked));
                            Err(panic)
                        }
                    });
                }
                Poll::Ready(returned) => self.returned = Some(returned),
                Poll::Pending => return Poll::Pending,
            }
        }
        ready!(self.callbacks.poll(context, false));
        self.returned.take().map_or(Poll::Pending, Poll::Ready)
    }

    /// Drops `run`, and before it the callback that is being called: what has begun last is dropped first. A panic of
    /// one of the two drops does not keep the other from being dropped.
    fn give_up(&mut self) -> End {
        let mut end = End::Cancelled;
        if let Some(running) = self.callbacks.running.take() {
            let mut running = pin!(Some(running));
            if let Err(panic) = Contained(running.as_mut()).give_up() {
                end = panicked(panic);
            }
        }
        if let Err(panic) = self.run.give_up() {
            end = panicked(panic);
        }
        end
    }
}

/// The callbacks, of which one is called at a time. Signals that come while a callback is called make it due once more,
/// however many they are.
struct Callbacks<'a, 's> {
    all: &'a [Await<'s>],
    shutdown: &'a Shutdown,
    /// The positions of the callbacks that are due, one bit each.
    due: u64,
    /// The callback that is being called.
    running: Option<Boxed<'s, Result<(), Failure>>>,
    /// Says so, to whoever names what the end waits for.
    ongoing: Option<Ongoing>,
}

impl Callbacks<'_, '_> {
    /// Ready when no callback is being called, and none is due that may begin.
    fn poll(&mut self, context: &mut Context<'_>, may_begin: bool) -> Poll<()> {
        loop {
            if self.running.is_some() {
                let mut running = Pin::new(&mut self.running);
                let returned = ready!(Pin::new(&mut Contained(running.as_mut())).poll(context));
                self.ongoing = None;
                note_callback(returned, self.shutdown);
            }
            if !may_begin {
                return Poll::Ready(());
            }
            let inbox = self.shutdown.inbox();
            self.due |= inbox.take_due_if_any();
            if self.due == 0 {
                return Poll::Ready(());
            }
            let position = self.due.trailing_zeros();
            self.due &= !(1 << position);
            let callback = self.all.get(position as usize);
            let due = callback.and_then(|callback| Some((callback, callback.next(inbox)?)));
            if let Some((callback, signal)) = due {
                prepare_streams();
                let activity = Activity::OnSignal(signal.number());
                self.ongoing = Some(self.shutdown.begin_activity(activity));
                self.running = Some((callback.call)(signal));
            }
        }
    }
}
