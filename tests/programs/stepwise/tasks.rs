//! The functions of a script, as tasks carry them out.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use aplomb::{Executor, Shutdown};
use smol::channel::{Receiver, bounded};
use smol::future::pending;

use super::marks::Call;
use super::plain::{self, At, Held, Stepped, Truth};
use super::threads::note_end;
use super::{Ended, Fault, Step, script};

pub(super) fn executor() -> Executor {
    match script().kind.as_str() {
        "tokio" => Executor::tokio().worker_threads(2),
        "tokio-current-thread" => Executor::tokio_current_thread(),
        "smol" => Executor::block_on(smol::block_on),
        other => panic!("no such executor: {other}"),
    }
}

async fn timer(milliseconds: u64) {
    let time = Duration::from_millis(milliseconds);
    if script().kind == "smol" {
        smol::Timer::after(time).await;
    } else {
        tokio::time::sleep(time).await;
    }
}

/// Notes when a function is dropped before its end.
struct Dropped<'a> {
    call: &'a Call,
    ended: bool,
}

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        if !self.ended && !std::thread::panicking() {
            self.call.note("dropped");
        }
    }
}

/// Carries out the function of that name.
pub(super) async fn perform(function: &str, shutdown: &Shutdown) -> Result<Ended, Fault> {
    perform_with(function, shutdown, |_, _| false).await
}

/// Carries out the function of that name. Steps that only its caller can carry out are passed to `own`, which says
/// whether a step is one of these.
pub(super) async fn perform_with(
    function: &str,
    shutdown: &Shutdown,
    own: impl FnMut(&Step, At<'_>) -> bool,
) -> Result<Ended, Fault> {
    carry_out(&Call::begin(function), function, shutdown, own).await
}

/// Carries out a function whose call has begun.
pub(super) async fn carry_out(
    call: &Call,
    function: &str,
    shutdown: &Shutdown,
    own: impl FnMut(&Step, At<'_>) -> bool,
) -> Result<Ended, Fault> {
    let mut dropped = Dropped { call, ended: false };
    let mut held = Held::default();
    let result = all(function, call, shutdown, &mut held, own).await;
    note_end(call, &result);
    dropped.ended = true;
    result
}

async fn all(
    function: &str,
    call: &Call,
    shutdown: &Shutdown,
    held: &mut Held,
    mut own: impl FnMut(&Step, At<'_>) -> bool,
) -> Result<Ended, Fault> {
    let mut truth = Truth::default();
    for (position, step) in script().steps(function).iter().enumerate() {
        let at = At { call, position };
        truth.note(call, shutdown);
        at.note("do", &step.to_string());
        if own(step, at) {
            at.note("did", "ok");
        } else if let Some(ended) = one(step, at, held, shutdown).await? {
            return Ok(ended);
        }
    }
    truth.note(call, shutdown);
    Ok(Ended::Well)
}

async fn one(step: &Step, at: At<'_>, held: &mut Held, shutdown: &Shutdown) -> Stepped {
    match step.verb.as_str() {
        "pause" => timer(step.number()).await,
        "sleep" | "usleep" | "nap" => {
            let handle = plain::handle(step, shutdown);
            let result = handle.run_until_cancelled(timer(step.number())).await;
            if at.noted(&result) && step.verb != "nap" {
                result?;
            }
            return Ok(None);
        }
        "wait" => shutdown.cancelled().await,
        "hang" => pending().await,
        "shield" => inline(at, step.number(), shutdown).await,
        "nested" => nested(at, step.number(), shutdown).await,
        "shielded" => {
            let call = at.call.clone();
            owned(call, at.position, step.number(), shutdown.clone()).await;
        }
        "lose" => {
            tokio::select! {
                biased;
                () = owned(at.call.clone(), at.position, step.number(), shutdown.clone()) => {}
                () = timer(step.number() / 2) => at.note("lost", ""),
            }
        }
        "spawn" => spawn(&step.object, shutdown.clone()),
        "join" => join(&step.object).await,
        "childwait" => {
            if let Some(child) = plain::child(&step.object) {
                let result = shutdown.run_until_cancelled(child.wait_async()).await;
                at.noted(&result);
                let _ = result?;
                return Ok(None);
            }
        }
        "childstop" => {
            if let Some(child) = plain::child(&step.object) {
                let stopped = child.stop_async().await;
                at.note("stopped", if stopped.is_ok() { "ok" } else { "failed" });
            }
        }
        "as" if step.object.starts_with('k') => {
            let Some(child) = plain::child(&step.object) else {
                return Ok(None);
            };
            let status = child.stop_async().await.expect("nobody else reaps it");
            return Ok(Some(plain::as_child(at, status)));
        }
        _ => return plain::one(step, at, held, shutdown),
    }
    at.note("did", "ok");
    Ok(None)
}

#[aplomb::shielded(inline)]
async fn inline(at: At<'_>, milliseconds: u64, shutdown: &Shutdown) {
    inside(at, milliseconds, shutdown).await;
}

#[aplomb::shielded(inline)]
async fn nested(at: At<'_>, milliseconds: u64, shutdown: &Shutdown) {
    inline(at, milliseconds, shutdown).await;
}

#[aplomb::shielded]
async fn owned(call: Call, position: usize, milliseconds: u64, shutdown: Shutdown) {
    let at = At {
        call: &call,
        position,
    };
    inside(at, milliseconds, &shutdown).await;
}

/// What is done inside a region: it takes its time, and no interruption point sees a request.
async fn inside(at: At<'_>, milliseconds: u64, shutdown: &Shutdown) {
    at.note("in", "");
    timer(milliseconds).await;
    if shutdown.checkpoint().is_err() || shutdown.run_until_cancelled(timer(1)).await.is_err() {
        at.note("unmasked", "");
    }
    at.note("out", "");
}

/// The tasks that were spawned, by their names. Each drops its end of a channel when it is over.
static TASKS: Mutex<Option<HashMap<String, Receiver<()>>>> = Mutex::new(None);

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

fn spawn(function: &str, shutdown: Shutdown) {
    let name = function.to_owned();
    let (ends, ended) = bounded(1);
    let mut tasks = TASKS.lock().expect("no holder panics");
    tasks.get_or_insert_default().insert(name.clone(), ended);
    drop(tasks);
    // Boxed, since a task that spawns others is a part of its own type otherwise.
    let task: Boxed = Box::pin(async move {
        let _ends = ends;
        let _ = perform(&name, &shutdown).await;
    });
    if script().kind == "smol" {
        smol::spawn(task).detach();
    } else {
        tokio::spawn(task);
    }
}

async fn join(function: &str) {
    let task = {
        let mut tasks = TASKS.lock().expect("no holder panics");
        tasks.as_mut().and_then(|tasks| tasks.remove(function))
    };
    // Nothing is ever sent: an error says that the task is over. The script may have ended before the step that spawns
    // it.
    if let Some(task) = task {
        let _ = task.recv().await;
    }
}
