//! The steps of a script.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use aplomb::{Cancelled, Shield, Shutdown};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, raise};

use super::{children, complain, gate, mark, perform, say, shielded, words};

/// Why a script failed. The programs turn it into the error type that they are told to have.
#[derive(Debug)]
pub(crate) enum Failure {
    Text(String),
    Cancelled(Cancelled),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Cancelled(cancelled) => cancelled.fmt(f),
        }
    }
}

impl Error for Failure {}

impl From<Cancelled> for Failure {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

/// Shields that the script holds; the last one taken is the first to end.
#[derive(Default)]
struct Held(Vec<Shield>);

impl Drop for Held {
    fn drop(&mut self) {
        while self.0.pop().is_some() {}
    }
}

static THREADS: Mutex<Option<HashMap<&'static str, JoinHandle<()>>>> = Mutex::new(None);

pub(crate) fn all(script: &'static str, shutdown: &Shutdown) -> Result<ExitCode, Failure> {
    let mut held = Held::default();
    for step in script.split(',').filter(|step| !step.is_empty()) {
        let (verb, object) = step.split_once(':').unwrap_or((step, ""));
        if let Some(code) = one(verb, object, shutdown, &mut held)? {
            return Ok(code);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn number<T: std::str::FromStr>(object: &str) -> T {
    object
        .parse()
        .unwrap_or_else(|_| panic!("{object:?} is to be a number"))
}

/// Carries out one step; a code ends the script.
fn one(
    verb: &str,
    object: &'static str,
    shutdown: &Shutdown,
    held: &mut Held,
) -> Result<Option<ExitCode>, Failure> {
    match verb {
        "ok" => return Ok(Some(ExitCode::SUCCESS)),
        "code" => return Ok(Some(ExitCode::from(number::<u8>(object)))),
        "err" => return Err(Failure::Text(object.to_owned())),
        "cancelled" => return Err(shutdown.checkpoint().expect_err("cancelled by now").into()),
        "checkpoint?" => shutdown.checkpoint()?,
        "panic" => panic!("{object}"),
        "exit" => std::process::exit(number(object)),
        "hang" => loop {
            thread::park();
        },
        _ => go_on(verb, object, shutdown, held),
    }
    Ok(None)
}

/// Carries out one step of those that do not end the script.
fn go_on(verb: &str, object: &'static str, shutdown: &Shutdown, held: &mut Held) {
    match verb {
        // What the driver sees, and how it holds the program back.
        "say" => say(object),
        "print" => {
            let mut stdout = io::stdout().lock();
            let _ = write!(stdout, "{object}");
        }
        // As programs print in general, and panic when it fails.
        "println" => println!("{object}"),
        "eprintln" => eprintln!("{object}"),
        "complain" => complain(object),
        "pid" => say(format!("pid {}", std::process::id())),
        "clog" => clog().expect("stdout is a pipe"),
        "mark" => mark(object),
        "line" => {
            let mut line = String::new();
            io::stdin().read_line(&mut line).expect("stdin is a pipe");
        }
        "open" => gate::open(object),
        "pass" => gate::pass(object),

        // Interruption points.
        "wait" => shutdown.wait(),
        "wait-timeout" => {
            let came = shutdown.wait_timeout(Duration::from_millis(number(object)));
            say(format!("wait-timeout {came}"));
        }
        "sleep" => {
            let slept = shutdown.sleep(Duration::from_millis(number(object)));
            say(format!("sleep {}", words(&slept)));
        }
        "checkpoint" => say(format!("checkpoint {}", words(&shutdown.checkpoint()))),

        // The truth, which no shield hides.
        "requested" => say(format!("requested {}", shutdown.requested())),
        "truth" => await_truth(shutdown),
        "accepted" => {
            await_truth(shutdown);
            say("accepted");
        }
        "seen" => {
            let count: usize = number(object);
            while shutdown.signals().len() < count {
                thread::yield_now();
            }
            say(format!("seen {count}"));
        }
        "log" => log(shutdown),
        "log-names" => log_names(shutdown),
        "pending" => {
            let names: Vec<_> = shutdown
                .pending()
                .iter()
                .map(|shield| shield.name().to_owned())
                .collect();
            say(format!("pending {}", names.join(" ")));
        }

        // Requests.
        "request" => shutdown.request(object),
        "request-exit" => shutdown.request_exit(number(object)),
        "raise" => raise(signal(object)).expect("a thread may signal itself"),
        "delivered" => await_delivery(signal(object)),

        // Shields and threads.
        "shield" => held.0.push(aplomb::shield(object)),
        "unshield" => drop(held.0.pop().expect("a shield is held")),
        "call" => {
            let result = shielded(object, shutdown);
            say(format!(
                "{object} {}",
                if result.is_ok() { "Ok" } else { "Err" }
            ));
        }
        "catch" => {
            let result = catch_unwind(AssertUnwindSafe(|| shielded(object, shutdown)));
            let payload = result.expect_err("it was to panic");
            say(format!(
                "caught {}",
                payload.downcast_ref::<String>().expect("a text")
            ));
        }
        "spawn" => spawn(object, shutdown.clone()),
        "join" => {
            let mut threads = THREADS.lock().expect("no holder panics");
            let thread = threads.as_mut().and_then(|threads| threads.remove(object));
            drop(threads);
            let _ = thread.expect("it was spawned").join();
        }

        // Functions that are called later.
        "at-exit" => {
            let shutdown = shutdown.clone();
            aplomb::at_exit(move || {
                let _ = perform(object, &shutdown);
            });
        }
        "on-request" => {
            let later = shutdown.clone();
            shutdown.on_request(move || {
                let _ = perform(object, &later);
            });
        }

        // Children.
        "child-status" => children::child_status(object),
        "child-term" => children::child_term(object),
        _ => panic!("no such step: {verb}"),
    }
}

/// Blocks until the request is there, also inside a shield.
fn await_truth(shutdown: &Shutdown) {
    use std::os::fd::AsFd;
    let mut request = [PollFd::new(shutdown.as_fd(), PollFlags::POLLIN)];
    while poll(&mut request, PollTimeout::NONE) != Ok(1) {}
    assert!(
        shutdown.requested(),
        "the descriptor is readable, so the request is there"
    );
}

/// Fills the pipe that stdout is, so that the next write waits for a reader.
fn clog() -> nix::Result<()> {
    let stdout = io::stdout();
    let flags = OFlag::from_bits_retain(fcntl(&stdout, FcntlArg::F_GETFL)?);
    fcntl(&stdout, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    // Single bytes at the end, so that not one is left free.
    for size in [4096, 1] {
        while nix::unistd::write(&stdout, &vec![b'\n'; size]) != Err(Errno::EAGAIN) {}
    }
    fcntl(&stdout, FcntlArg::F_SETFL(flags))?;
    complain("clogged");
    Ok(())
}

/// The shutdown signals that came, in order, in a line.
pub(crate) fn log_names(shutdown: &Shutdown) {
    let names: Vec<_> = shutdown
        .signals()
        .iter()
        .map(|signal| signal.name().to_owned())
        .collect();
    say(format!("signals {}", names.join(" ")));
}

fn log(shutdown: &Shutdown) {
    log_names(shutdown);
    match shutdown.reason() {
        Some(reason) => say(format!("reason {reason}")),
        None => say("reason none"),
    }
}

fn signal(name: &str) -> Signal {
    format!("SIG{name}").parse().expect("a signal's name")
}

/// Blocks until no such signal waits for the process any more: its handler has begun.
fn await_delivery(signal: Signal) {
    let bit = 1_u64 << (signal as i32 - 1);
    loop {
        let status = std::fs::read_to_string("/proc/self/status").expect("there is /proc");
        let waiting = status.lines().find_map(|line| line.strip_prefix("ShdPnd:"));
        let waiting = waiting.expect("the status has the pending signals").trim();
        if u64::from_str_radix(waiting, 16).expect("a hexadecimal mask") & bit == 0 {
            return;
        }
        thread::yield_now();
    }
}

fn spawn(name: &'static str, shutdown: Shutdown) {
    let thread = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let _ = perform(name, &shutdown);
        })
        .expect("threads can be spawned");
    THREADS
        .lock()
        .expect("no holder panics")
        .get_or_insert_default()
        .insert(name, thread);
}
