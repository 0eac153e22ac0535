//! The steps that are the same in threads and in tasks, since they wait for nothing that a task would await.

use std::collections::HashMap;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use aplomb::process::{Child, OnShutdown, SpawnOptions};
use aplomb::{Cancelled, DropGuard, Shutdown, at_exit};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, pause};

use super::marks::Call;
use super::{Ended, Fault, Step, script, threads};

/// What a function that is being carried out holds, up to its end.
#[derive(Default)]
pub(crate) struct Held(Vec<DropGuard>);

/// Whether a call knows of the request: that is told the truth about, also inside of shields.
#[derive(Default)]
pub(crate) struct Truth(bool);

impl Truth {
    /// Notes it when the request is there, once for each call.
    pub(crate) fn note(&mut self, call: &Call, shutdown: &Shutdown) {
        if !self.0 && shutdown.is_requested() {
            self.0 = true;
            call.note("requested");
        }
    }
}

/// The handle that a step asks: a verb that begins with `u` looks through the shield of `start`.
pub(crate) fn handle(step: &Step, shutdown: &Shutdown) -> Shutdown {
    if step.verb.starts_with('u') {
        shutdown.unmasked()
    } else {
        shutdown.clone()
    }
}

/// What one step has led to: it ends the function, or goes on.
pub(crate) type Stepped = Result<Option<Ended>, Fault>;

/// Which step of which call is carried out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) call: &'a Call,
    pub(crate) position: usize,
}

impl At<'_> {
    pub(crate) fn note(&self, what: &str, more: &str) {
        let line = format!("{what} {} {more}", self.position);
        self.call.note(line.trim_end());
    }

    /// Notes what came of a step that a cancellation can end. Returns whether it has.
    pub(crate) fn noted<T>(&self, result: &Result<T, Cancelled>) -> bool {
        self.note("did", if result.is_ok() { "ok" } else { "cancelled" });
        result.is_err()
    }
}

pub(crate) fn one(step: &Step, at: At<'_>, held: &mut Held, shutdown: &Shutdown) -> Stepped {
    match step.verb.as_str() {
        "block" => thread::sleep(Duration::from_millis(step.number())),
        "check" | "ucheck" => {
            let result = handle(step, shutdown).checkpoint();
            at.noted(&result);
            result?;
            return Ok(None);
        }
        "request" => shutdown.request(at.call.name().to_owned()),
        "exit" => shutdown.request_exit(u8::try_from(step.number()).expect("a status")),
        "die" => std::process::exit(i32::try_from(step.number()).expect("a status")),
        "hold" => held.0.push(shutdown.drop_guard()),
        "err" => return Err(Fault::Told(at.call.name().to_owned())),
        "panic" => {
            at.call.note("end panic");
            panic!("panic of {};", at.call.name());
        }
        "code" => {
            let code = u8::try_from(step.number()).expect("a status");
            return Ok(Some(Ended::Code(ExitCode::from(code))));
        }
        "as" => return Ok(Some(as_child(at, own_end(&step.object)))),
        "atexit" => {
            let (function, shutdown) = (step.object.clone(), shutdown.clone());
            at_exit(move || call(&function, &shutdown));
        }
        "onrequest" => {
            let (function, handle) = (step.object.clone(), shutdown.clone());
            shutdown.on_request(move || call(&function, &handle));
        }
        "onsignal" => {
            let (function, handle) = (step.object.clone(), shutdown.clone());
            shutdown.on_signal(move |arrived| {
                let call = Call::told(&function, arrived);
                let _ = threads::carry_out(&call, &function, &handle, |_, _| false);
            });
        }
        "print" => {
            for line in 0..step.number() {
                println!("{} {} {line}", at.call.name(), at.position);
            }
        }
        "child" => {
            let started = start_child(&step.object);
            at.note("did", if started { "ok" } else { "failed" });
            return Ok(None);
        }
        "fork" => at.note("forked", &fork_one(Some(step.number()))),
        "forkterm" => at.note("forked", &fork_one(None)),
        other => panic!("no such step: {other}"),
    }
    at.note("did", "ok");
    Ok(None)
}

/// Calls a function of the script that is no phase: of `at_exit`, of `on_request`, of a signal, of a `Cleanup`.
pub(crate) fn call(function: &str, shutdown: &Shutdown) {
    // The exit is decided by a panic alone: these functions return nothing.
    let _ = threads::perform(function, shutdown);
}

/// Says how the forked child has ended, which exits with that status, or is killed.
fn fork_one(status: Option<u64>) -> String {
    #[allow(unsafe_code, reason = "there is no safe way to fork")]
    // SAFETY: the child calls `exit`, which is what the script is about, or `pause`.
    let forked = unsafe { fork() };
    let child = match forked.expect("a process can be forked") {
        ForkResult::Child => match status {
            Some(status) => leave(i32::try_from(status).expect("a status")),
            None => loop {
                pause();
            },
        },
        ForkResult::Parent { child } => child,
    };
    if status.is_none() {
        kill(child, Signal::SIGTERM).expect("a child can be signalled");
    }
    format!("{:?}", waitpid(child, None)).replace(' ', "")
}

/// Ends a forked child. Where a thread of the parent was in `process::exit`, the standard library would park the child
/// in its own for ever, as it parks each thread but the first.
fn leave(status: i32) -> ! {
    let mut steps = script().functions.values().flatten();
    if steps.any(|step| step.verb == "die") {
        #[allow(unsafe_code, reason = "there is no safe way to leave at once")]
        // SAFETY: takes an integer and does not return.
        unsafe {
            nix::libc::_exit(status)
        }
    }
    std::process::exit(status)
}

/// How a process has ended that does nothing else: `c5` exits with that code, and `s15` dies by that signal.
fn own_end(how: &str) -> ExitStatus {
    let (how, number) = how.split_at(1);
    let script = match how {
        "c" => format!("exit {number}"),
        "s" => format!("kill -{number} $$"),
        other => panic!("no process ends like that: {other}"),
    };
    let status = Command::new("sh").args(["-c", &script]).status();
    status.expect("there is a shell")
}

/// Ends the function as a child has, and notes how that was.
pub(crate) fn as_child(at: At<'_>, status: ExitStatus) -> Ended {
    let how = match status.signal() {
        Some(signal) => format!("s{signal}"),
        None => format!("c{}", status.code().expect("it has exited")),
    };
    at.note("did", &how);
    Ended::As(status)
}

static CHILDREN: Mutex<Option<HashMap<String, Arc<Child>>>> = Mutex::new(None);

/// `name,when,grace,life,manner`: when the child is asked, how long it may take, and what [`child`](super::child)
/// needs.
fn start_child(described: &str) -> bool {
    let words: Vec<_> = described.split(',').collect();
    let [name, when, grace, life, manner] = words[..] else {
        panic!("{described} is no child");
    };
    let when = match when {
        "cancel" => OnShutdown::AtCancel,
        "request" => OnShutdown::AtRequest,
        _ => OnShutdown::Ignore,
    };
    let mut command = Command::new(std::env::current_exe().expect("there is /proc"));
    command.args(["child", name, life, manner]);
    let options = SpawnOptions::new().name(name).on_shutdown(when);
    let grace = Duration::from_millis(grace.parse().expect("a number"));
    let Ok(child) = options.grace(grace).spawn(command) else {
        return false;
    };
    let mut children = CHILDREN.lock().expect("no holder panics");
    let children = children.get_or_insert_default();
    children.insert(name.to_owned(), Arc::new(child));
    true
}

/// The child of that name, if it was started.
pub(crate) fn child(name: &str) -> Option<Arc<Child>> {
    let children = CHILDREN.lock().expect("no holder panics");
    children.as_ref()?.get(name).map(Arc::clone)
}
