//! Futures that wait for the cancellation, or for a child, and are polled as executors and combinators poll them.

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use aplomb::Shutdown;

use super::say;
use super::supervised::child;

type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Makes the future of that name, which waits for the cancellation.
fn waiting(name: &str, shutdown: &Shutdown) -> Waiting {
    let shutdown = shutdown.clone();
    match name {
        "cancelled" => Box::pin(shutdown.cancelled_owned()),
        "run-until" => Box::pin(async move {
            let cut = shutdown.run_until_cancelled(pending::<()>()).await;
            assert!(cut.is_err(), "what never ends has ended");
        }),
        _ => panic!("nothing that waits: {name}"),
    }
}

/// Polls the future inside a region until the request has come, and awaits it when the region has ended.
pub(crate) async fn across(name: &'static str, shutdown: Shutdown) {
    let mut waiting = OnlyWoken::new(waiting(name, &shutdown));
    let inside = until_requested(&mut waiting, &shutdown);
    aplomb::__private::inline("a region", inside).await;
    say("outside");
    waiting.await;
    say("woken");
}

/// Does the same with a guard of the thread.
pub(crate) async fn across_guard(name: &'static str, shutdown: Shutdown) {
    let mut waiting = OnlyWoken::new(waiting(name, &shutdown));
    let guard = aplomb::shield("a guard");
    until_requested(&mut waiting, &shutdown).await;
    drop(guard);
    say("outside");
    waiting.await;
    say("woken");
}

/// Polls the future, which is masked, until the request has come.
async fn until_requested(waiting: &mut OnlyWoken, shutdown: &Shutdown) {
    let mut said = false;
    poll_fn(|context| {
        let polled = Pin::new(&mut *waiting).poll(context);
        assert!(polled.is_pending(), "a shield masks it");
        if !std::mem::replace(&mut said, true) {
            say("inside");
        }
        if shutdown.is_requested() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

static KEPT: Mutex<Option<OnlyWoken>> = Mutex::new(None);

/// Makes a future with this handle, polls it, and keeps it for [`kept`].
pub(crate) fn keep(name: &'static str, shutdown: &Shutdown) {
    let mut waiting = OnlyWoken::new(waiting(name, shutdown));
    let polled = Pin::new(&mut waiting).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "nothing has come yet");
    *KEPT.lock().expect("no holder panics") = Some(waiting);
}

/// Awaits what was kept.
pub(crate) async fn kept() {
    let kept = KEPT.lock().expect("no holder panics").take();
    kept.expect("it was kept").await;
    say("woken");
}

/// Polls a future only when it was woken, as `FuturesUnordered` and similar types do.
struct OnlyWoken {
    future: Waiting,
    own: Arc<Own>,
}

struct Own {
    woken: AtomicBool,
    task: Mutex<Waker>,
}

impl OnlyWoken {
    fn new(future: Waiting) -> Self {
        let own = Own {
            woken: AtomicBool::new(true),
            task: Mutex::new(Waker::noop().clone()),
        };
        Self {
            future,
            own: Arc::new(own),
        }
    }
}

impl Future for OnlyWoken {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let own = Arc::clone(&self.own);
        let mut task = own.task.lock().expect("no holder panics");
        task.clone_from(context.waker());
        drop(task);
        if !own.woken.swap(false, Ordering::SeqCst) {
            return Poll::Pending;
        }
        let waker = Waker::from(own);
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

impl Wake for Own {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        let task = self.task.lock().expect("no holder panics").clone();
        task.wake();
    }
}

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics");
    }
}

/// Makes a future with a waker that panics, which is woken by the cancellation or by the end of this child.
pub(crate) fn panicking(name: &'static str, shutdown: &Shutdown) {
    let mut future: Waiting = match name {
        "cancelled" | "run-until" => waiting(name, shutdown),
        _ => {
            let child = child(name);
            Box::pin(async move { drop(child.wait_async().await) })
        }
    };
    let waker = Waker::from(Arc::new(Panics));
    let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending(), "nothing has come yet");
    // The future is never dropped, so it is still waiting when the cancellation or the end of the child comes.
    std::mem::forget(future);
}
