//! The steps that wait for nothing: threads and tasks carry them out alike.

use std::io::{self, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use aplomb::{Cancelled, Interest, Shutdown};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, raise};

use super::{
    Failure, Step, children, complain, foreign, forks, gate, handlers, mark, number, perform, say,
    supervised, terminal, waiting, words,
};

/// Carries out one step; a code ends the script.
pub(crate) fn one(step: Step, shutdown: &Shutdown) -> Result<Option<ExitCode>, Failure> {
    let Step { verb, object } = step;
    match verb {
        "ok" => return Ok(Some(ExitCode::SUCCESS)),
        "code" => return Ok(Some(ExitCode::from(number::<u8>(object)))),
        "err" => return Err(Failure::Text(object.to_owned())),
        "cancelled-error" => return Err(Failure::Cancelled(Cancelled)),
        "checkpoint?" => shutdown.checkpoint()?,
        "panic" => panic!("{object}"),
        "exit" => std::process::exit(number(object)),
        "fork-and" => return Ok(terminal::fork_and(object)),
        // A task takes its thread along.
        "block" => loop {
            thread::park();
        },
        _ => go_on(step, shutdown),
    }
    Ok(None)
}

/// Carries out one step of those that do not end the script.
fn go_on(step: Step, shutdown: &Shutdown) {
    let Step { verb, object } = step;
    match verb {
        // What the driver sees.
        "say" => say(object),
        "print" => {
            let mut stdout = io::stdout().lock();
            let _ = write!(stdout, "{object}");
        }
        // As programs print in general, and panic when it fails.
        "println" => println!("{object}"),
        // A line at each millisecond of so many: the row is about what happens meanwhile.
        "chatter" => {
            for _ in 0..number(object) {
                println!("chatter");
                thread::sleep(Duration::from_millis(1));
            }
        }
        // As `line`, but on this thread, also in a task, and nobody reads ahead.
        "read" => {
            let mut line = String::new();
            io::stdin().read_line(&mut line).expect("stdin is open");
        }
        "eprintln" => eprintln!("{object}"),
        // As a library does that goes into the background: all descriptors from that number on.
        "close-from" => handlers::close_from(number(object)),
        // Into the buffer of C's standard output.
        "c-print" => handlers::c_print(object),
        "complain" => complain(object),
        "pid" => say(format!("pid {}", std::process::id())),
        "clog" => clog().expect("stdout is a pipe"),
        "mark" => mark(object),
        "open" => gate::open(object),

        // The interruption points of a thread that a task can be at as well, and the truth, which no shield hides.
        "checkpoint" => say(format!("checkpoint {}", words(&shutdown.checkpoint()))),
        "ready" => ready(shutdown),
        "accept" => accept(shutdown),
        "run-blocking" => {
            let parked = shutdown.run_blocking(|| {
                loop {
                    thread::park();
                }
            });
            say(format!("run-blocking {}", words::<()>(&parked)));
        }
        "requested" => say(format!("requested {}", shutdown.is_requested())),
        "log" => log(shutdown),
        "log-names" => log_names(shutdown),
        "pending" => {
            let names: Vec<_> = shutdown
                .held_shields()
                .iter()
                .map(|shield| shield.name().to_owned())
                .collect();
            say(format!("pending {}", names.join(" ")));
        }

        // In and out of a shield of the thread.
        "dip" => drop(aplomb::shield(object)),
        "leak" => std::mem::forget(aplomb::shield(object)),

        // Wakers.
        "keep" => waiting::keep(object, shutdown),
        "panicking-waker" => waiting::panicking(object, shutdown),

        // Requests.
        "request" => shutdown.request(object),
        "request-exit" => shutdown.request_exit(number(object)),
        "raise" => raise(signal(object)).expect("a thread may signal itself"),
        "delivered" => await_delivery(signal(object)),

        // Functions that are called later, and a thread of its own, whatever the app is made of.
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
        "on-signal" => {
            let later = shutdown.clone();
            shutdown.on_signal(move |signal| {
                say(format!("{object} {signal} x{}", signal.count()));
                let _ = perform(object, &later);
            });
        }
        "thread" => {
            let shutdown = shutdown.clone();
            let thread = thread::Builder::new().name(object.to_owned());
            let spawned = thread.spawn(move || perform(object, &shutdown));
            drop(spawned.expect("threads can be spawned"));
        }

        // Another language's runtime.
        "runtime" => foreign::begin(object),

        // Children.
        "child-status" => children::child_status(object),
        "child-term" => children::child_term(object),
        "child-forked" => children::child_forked().expect("there are pipes and processes"),
        _ if supervised::one(verb, object) || forks::one(verb, object) => {}
        _ if handlers::one(verb, object) || terminal::one(verb) => {}
        _ => panic!("no such step: {verb}"),
    }
}

/// Waits for a byte that nobody writes.
fn ready(shutdown: &Shutdown) {
    let (reader, _writer) = io::pipe().expect("there are pipes");
    let ready = shutdown.ready(&reader, Interest::Read);
    say(format!("ready {}", words(&ready.expect("poll(2) works"))));
}

/// Waits for a client that does not come.
fn accept(shutdown: &Shutdown) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
    let client = shutdown.accept(&listener).expect("it listens");
    say(format!("accept {}", words(&client)));
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

/// Returns when no such signal waits for the process any more: its handler has begun.
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
