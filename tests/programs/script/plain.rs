//! The steps that wait for nothing: threads and tasks carry them out alike.

use std::cell::Cell;
use std::io::{self, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use aplomb::{Cancelled, Interest, Phase, Shutdown, Status};

use super::{
    Failure, Step, complain, gate, limited, mark, number, perform, say, supervised, waiting, words,
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
        "exit-by-signal" => Status::Signal(number(object)).exit(),
        #[cfg(unix)]
        "fork-and" => return Ok(super::terminal::fork_and(object)),
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
        "phase" => say(shutdown.phase().to_string()),
        // Whoever calls these is a thread.
        "phases" => follow_phases(shutdown, |phase| {
            say(phase.to_string());
            phase < Phase::Leaving
        }),
        "until" => follow_phases(shutdown, |phase| phase.to_string() != object),
        "timeline" => match shutdown.timeline() {
            Some(timeline) => say(timeline.to_string()),
            None => say("no timeline"),
        },
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
        "complain" => complain(object),
        "pid" => say(format!("pid {}", std::process::id())),
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
        "run-blocking-exit" => {
            let _ = shutdown.run_blocking(|| std::process::exit(number(object)));
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

        // For a service manager.
        "announce" => shutdown.announce_ready(),
        "progress" => shutdown.progress(object),

        // Wakers.
        "keep" => waiting::keep(object, shutdown),
        "panicking-waker" => waiting::panicking(object, shutdown),

        // Requests.
        "request" => shutdown.request(object),
        "request-exit" => shutdown.request_exit(number(object)),

        // Functions that are called later, and a thread of its own, whatever the app is made of.
        "at-exit" => {
            let shutdown = shutdown.clone();
            aplomb::at_exit(move || {
                let _ = perform(object, &shutdown);
            });
        }
        "thread-local" => KEPT.set(Some(Kept(object))),
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

        // What there is on one kind of systems alone.
        #[cfg(unix)]
        _ if super::unix::one(verb, object) => {}
        _ if supervised::one(verb, object) => {}
        _ => panic!("no such step: {verb}"),
    }
}

thread_local! {
    static KEPT: Cell<Option<Kept>> = const { Cell::new(None) };
}

/// A value of a thread. Its destructor carries out this script.
struct Kept(&'static str);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = perform(self.0, &Shutdown::new());
    }
}

/// Calls a function with the current phase and each next one, as long as it says so.
fn follow_phases(shutdown: &Shutdown, mut goes_on: impl FnMut(Phase) -> bool) {
    let mut phase = shutdown.phase();
    while goes_on(phase) {
        phase = shutdown.wait_past(phase);
    }
}

/// Waits for a byte that nobody writes.
fn ready(shutdown: &Shutdown) {
    let (silent, _other) = limited::pair();
    let ready = shutdown.ready(&silent, Interest::Read);
    say(format!(
        "ready {}",
        words(&ready.expect("sockets can be waited for"))
    ));
}

/// Waits for a client that does not come.
fn accept(shutdown: &Shutdown) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
    let client = shutdown.accept(&listener).expect("it listens");
    say(format!("accept {}", words(&client)));
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
