//! Shows what signals do to a program: those that are named call a function, which says so; the others end it,
//! and every way out is seen.
//!
//! ```console
//! $ cargo run --example sigdemo -- SIGUSR1 hup WINCH RTMIN+1
//! ```
//!
//! says under which number it runs. Send it signals from another terminal, `kill -USR1 NUMBER`, or change the size
//! of its window: each signal that was named is reported three times, and counted from then on. Press
//! Ctrl-C, or send SIGTERM: `stop` sums up, the exit functions run, the last that was registered
//! first, and it dies by the signal.
//!
//! `--then` says what else the fourth does:
//!
//! - `--then fail`: the function returns an error. A signal becomes an exception at a named point: `run` is cancelled
//!   where it waits, `stop` runs, and the exit status is 1.
//! - `--then panic`: it panics. The same, and the status is 101.
//! - `--then stop`: it asks for the end, which is a good one.
//! - `--then exit`: it calls `std::process::exit`, with status 3: nothing but the exit functions runs.
//!
//! Name SIGINT, and Ctrl-C is reported; name SIGTSTP, and Ctrl-Z no longer stops it. SIGKILL cannot be named, nor what
//! reports a fault. Ctrl-\ ends it at once, unless SIGQUIT is named.

mod options;

use std::convert::Infallible;
use std::fmt::Display;
use std::io::{self, Write};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use aplomb::{App, Shutdown, signal};
use clap::Parser;

use options::{Options, Then};

/// How often a signal is reported.
const REPORTS: u32 = 3;

struct Demo {
    signals: Vec<Counted>,
    then: Then,
}

/// A signal that was named, and how often its function was called.
struct Counted {
    number: i32,
    name: String,
    calls: AtomicU32,
}

impl Counted {
    fn new(number: i32) -> Counted {
        let name = signal::name(number).expect("it was found by its name");
        Counted {
            number,
            name: name.into(),
            calls: AtomicU32::new(0),
        }
    }

    /// What the signal calls, on a thread of the library's, one signal at a time: it may take locks, allocate and
    /// print, which a signal handler must not.
    fn called(&self, then: Then, shutdown: &Shutdown) -> Result<(), String> {
        let calls = self.calls.fetch_add(1, Relaxed) + 1;
        if calls <= REPORTS {
            let Counted { number, name, .. } = self;
            say(format_args!("{name} ({number}): {calls} of {REPORTS}"));
            if calls == REPORTS {
                say(format_args!("{name} is not reported any more"));
            }
            return Ok(());
        }
        match then {
            Then::Count => {}
            Then::Fail => return Err(format!("{} has come once too often", self.name)),
            Then::Panic => panic!("{} has come once too often", self.name),
            Then::Stop => shutdown.request(format!("{} has come often enough", self.name)),
            Then::Exit => process::exit(3),
        }
        Ok(())
    }
}

/// Here and not in `main`: where the program ends before this, there is nothing to do on the way out.
fn start(options: Options) -> Demo {
    aplomb::at_exit(|| say("exit function: registered first, called last"));
    aplomb::at_exit(|| say("exit function: registered last, called first"));
    Demo {
        signals: options.signals.into_iter().map(Counted::new).collect(),
        then: options.then,
    }
}

/// Waits. Signals call their functions meanwhile; the request ends it here.
fn run(demo: &Demo, shutdown: &Shutdown) {
    let names: Vec<_> = demo.signals.iter().map(|it| it.name.as_str()).collect();
    say(format_args!(
        "process {} reports {}",
        process::id(),
        names.join(" ")
    ));
    shutdown.wait();
    say("run is cancelled");
}

/// Sums up. Signals that come while a function is being called are one call more, however many they are.
fn stop(demo: Demo, shutdown: &Shutdown) {
    if let Some(reason) = shutdown.reason() {
        say(format_args!("stopping: {reason}"));
    }
    for Counted { name, calls, .. } in demo.signals {
        say(format_args!("calls for {name}: {}", calls.into_inner()));
    }
}

/// Unlike `println!` this does not panic when nobody reads it.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Without the attribute, as it is known only now which signals there are.
fn main() {
    let options = Options::parse();
    let signals = options.signals.clone();
    let mut app = App::new(move || Ok::<_, Infallible>(start(options)), run, stop);
    for (position, number) in signals.into_iter().enumerate() {
        app = app.on(number, move |demo: &Demo, shutdown: &Shutdown| {
            demo.signals[position].called(demo.then, shutdown)
        });
    }
    app.main()
}
