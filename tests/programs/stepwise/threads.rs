//! The functions of a script, as threads carry them out.

use std::collections::HashMap;
use std::sync::Mutex;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use aplomb::Shutdown;

use super::marks::Call;
use super::plain::{self, At, Held, Stepped, Truth};
use super::{Ended, Fault, Step, script};

/// Carries out the function of that name.
pub(crate) fn perform(function: &str, shutdown: &Shutdown) -> Result<Ended, Fault> {
    perform_with(function, shutdown, |_, _| false)
}

/// Carries out the function of that name. Steps that only its caller can carry out are passed to `own`, which says
/// whether a step is one of these.
pub(crate) fn perform_with(
    function: &str,
    shutdown: &Shutdown,
    own: impl FnMut(&Step, At<'_>) -> bool,
) -> Result<Ended, Fault> {
    carry_out(&Call::begin(function), function, shutdown, own)
}

/// Carries out a function whose call has begun.
pub(crate) fn carry_out(
    call: &Call,
    function: &str,
    shutdown: &Shutdown,
    own: impl FnMut(&Step, At<'_>) -> bool,
) -> Result<Ended, Fault> {
    let mut held = Held::default();
    let result = all(function, call, shutdown, &mut held, own);
    note_end(call, &result);
    result
}

pub(crate) fn note_end(call: &Call, result: &Result<Ended, Fault>) {
    match result {
        Ok(Ended::Well) => call.note("end ok"),
        Ok(Ended::Code(_)) => call.note("end code"),
        Ok(Ended::As(_)) => call.note("end status"),
        Err(Fault::Told(_)) => call.note("end err"),
        Err(Fault::Cancelled(_)) => call.note("end cancelled"),
    }
}

fn all(
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
        } else if let Some(ended) = one(step, at, held, shutdown)? {
            return Ok(ended);
        }
    }
    truth.note(call, shutdown);
    Ok(Ended::Well)
}

fn one(step: &Step, at: At<'_>, held: &mut Held, shutdown: &Shutdown) -> Stepped {
    match step.verb.as_str() {
        "pause" => thread::sleep(Duration::from_millis(step.number())),
        "sleep" | "usleep" | "nap" => {
            let handle = plain::handle(step, shutdown);
            let result = handle.sleep(Duration::from_millis(step.number()));
            if at.noted(&result) && step.verb != "nap" {
                result?;
            }
            return Ok(None);
        }
        "wait" => shutdown.wait(),
        "hang" => loop {
            thread::park();
        },
        "shield" => {
            let _shield = aplomb::shield("shield");
            inside(at, step.number(), shutdown);
        }
        "shielded" => shielded(at, step.number(), shutdown),
        "nested" => {
            let _outer = aplomb::shield("outer");
            shielded(at, step.number(), shutdown);
        }
        "spawn" => spawn(&step.object, shutdown.clone()),
        "join" => join(&step.object),
        "childwait" => {
            let waited = plain::child(&step.object).map(|child| child.wait());
            if let Some(Ok(result)) = waited {
                if at.noted(&result) {
                    result?;
                }
                return Ok(None);
            }
        }
        "childstop" => {
            if let Some(child) = plain::child(&step.object) {
                let stopped = child.stop();
                at.note("stopped", if stopped.is_ok() { "ok" } else { "failed" });
            }
        }
        "as" if step.object.starts_with('k') => {
            let child = plain::child(&step.object);
            return Ok(child.map(|child| {
                let status = child.stop().expect("nobody else reaps it");
                plain::as_child(at, status)
            }));
        }
        _ => return plain::one(step, at, held, shutdown),
    }
    at.note("did", "ok");
    Ok(None)
}

#[aplomb::shielded]
fn shielded(at: At<'_>, milliseconds: u64, shutdown: &Shutdown) {
    inside(at, milliseconds, shutdown);
}

/// What is done inside a region: it takes its time, and no interruption point sees a request.
fn inside(at: At<'_>, milliseconds: u64, shutdown: &Shutdown) {
    at.note("in", "");
    thread::sleep(Duration::from_millis(milliseconds));
    if shutdown.checkpoint().is_err() || shutdown.sleep(Duration::from_micros(100)).is_err() {
        at.note("unmasked", "");
    }
    at.note("out", "");
}

static THREADS: Mutex<Option<HashMap<String, JoinHandle<()>>>> = Mutex::new(None);

fn spawn(function: &str, shutdown: Shutdown) {
    let name = function.to_owned();
    let thread = thread::Builder::new().name(name.clone());
    let thread = thread.spawn(move || {
        let _ = perform(&name, &shutdown);
    });
    let thread = thread.expect("threads can be spawned");
    let mut threads = THREADS.lock().expect("no holder panics");
    let threads = threads.get_or_insert_default();
    threads.insert(function.to_owned(), thread);
}

fn join(function: &str) {
    let mut threads = THREADS.lock().expect("no holder panics");
    let thread = threads
        .as_mut()
        .and_then(|threads| threads.remove(function));
    drop(threads);
    // The script may have ended before the step that spawns it.
    if let Some(thread) = thread {
        let _ = thread.join();
    }
}
