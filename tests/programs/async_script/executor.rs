//! The executors that the tasks may run on. The option `on=` names one.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::io;
use std::sync::Mutex;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use aplomb::{Executor, Phases};
use smol::channel::{Receiver, bounded};
use tokio::runtime::{Builder, Runtime};

use crate::script::{option, perform};

/// Returns the executor that `on=` names: one of tokio's two runtimes, also as the program makes it, or another
/// executor.
pub(crate) fn executor() -> Executor {
    match option("on") {
        Some("tokio") | None => Executor::tokio().worker_threads(2),
        Some("tokio-current-thread") => Executor::tokio_current_thread(),
        Some("runtime") => Executor::runtime(runtime),
        Some("bare-runtime") => Executor::runtime(bare_runtime),
        Some("smol") => Executor::block_on(smol::block_on),
        Some("futures") => Executor::block_on(futures_executor::block_on),
        Some("slow") => Executor::block_on(slow),
        Some("impatient") => Executor::block_on(impatient),
        Some("interrupted") => Executor::block_on(interrupted),
        Some("dropping") => Executor::block_on(drop),
        Some("forgetting") => Executor::block_on(std::mem::forget),
        Some(other) => panic!("no such executor: {other}"),
    }
}

/// Carries out the script `build=`, and makes a runtime.
fn runtime() -> io::Result<Runtime> {
    built(Builder::new_multi_thread().worker_threads(2).enable_all())
}

/// Makes one of a single thread, without any driver. From the request on the script `park=` is carried out where that
/// thread parks.
fn bare_runtime() -> io::Result<Runtime> {
    built(Builder::new_current_thread().on_thread_park(|| {
        let shutdown = aplomb::shutdown();
        if shutdown.is_requested() {
            let _ = perform("park", &shutdown);
        }
    }))
}

fn built(builder: &mut Builder) -> io::Result<Runtime> {
    perform("build", &aplomb::shutdown()).map_err(io::Error::other)?;
    builder.build()
}

/// Runs the phases, and carries out the script `early=` before that, and `late=` behind it.
fn slow(phases: Phases) {
    let shutdown = aplomb::shutdown();
    let _ = perform("early", &shutdown);
    smol::block_on(phases);
    let _ = perform("late", &shutdown);
}

/// Polls the phases until they wait for the first time after the request, and drops them. The script `late=` is carried
/// out before that.
fn impatient(mut phases: Phases) {
    let shutdown = aplomb::shutdown();
    futures_executor::block_on(poll_fn(|context| {
        let requested = shutdown.is_requested();
        let polled = phases.as_mut().poll(context);
        if requested && polled.is_pending() {
            let _ = perform("late", &shutdown);
            return Poll::Ready(());
        }
        polled
    }));
}

/// Runs the phases, and carries out the script `late=` before it polls them for the first time after the request.
fn interrupted(mut phases: Phases) {
    let shutdown = aplomb::shutdown();
    let mut is_over = false;
    futures_executor::block_on(poll_fn(|context| {
        if !is_over && shutdown.is_requested() {
            is_over = true;
            let _ = perform("late", &shutdown);
        }
        phases.as_mut().poll(context)
    }));
}

pub(super) async fn timer(time: Duration) {
    match option("on") {
        Some("smol" | "futures" | "slow" | "impatient" | "interrupted" | "bare-runtime") => {
            smol::Timer::after(time).await;
        }
        _ => tokio::time::sleep(time).await,
    }
}

/// The tasks that were spawned, by their names. Each task drops its end of a channel when it is over.
static TASKS: Mutex<Option<HashMap<&'static str, Receiver<()>>>> = Mutex::new(None);

pub(super) fn spawn(name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
    let (ends, ended) = bounded(1);
    TASKS
        .lock()
        .expect("no holder panics")
        .get_or_insert_default()
        .insert(name, ended);
    let task = async move {
        let _ends = ends;
        task.await;
    };
    match option("on") {
        Some("smol") => smol::spawn(task).detach(),
        // This executor has no tasks of its own. So each task gets a thread.
        Some("futures") => drop(thread::spawn(|| futures_executor::block_on(task))),
        _ => drop(tokio::spawn(task)),
    }
}

pub(super) async fn join(name: &'static str) {
    let task = {
        let mut tasks = TASKS.lock().expect("no holder panics");
        tasks.as_mut().and_then(|tasks| tasks.remove(name))
    };
    // Nothing is ever sent: an error says that the task is over.
    let _ = task.expect("it was spawned").recv().await;
}
