//! An app whose phases do what the program's arguments say; see [`script`](crate::script).
//!
//! `start=`, `run=` and `stop=` are the scripts of the phases. Each phase says when it begins (`S+`, `R+`, `P+`) and
//! when it ends other than by a panic (`S-`, `R-`, `P-`), unless `quiet=` has its letter. `usr1=`, `usr2=` and `hup=`
//! are the scripts of functions that these signals call. `on=` makes it an app of tasks, and says on which executor.
//! `as-child=` says which of `run` and `stop` end as a child has: `run`, `stop` or `both`. `components=` makes it an
//! app of these, which have scripts of their own; see [`components`]. `undo=` is the script of a step that `start`
//! pushes on its `Cleanup`. `undos=` is how many further steps it pushes, which do nothing. `before=` is a step that is
//! carried out before there is an app. `error=` chooses the phases' error type, the other options are those of the
//! builder.

mod components;
mod embedded;
mod fault;
mod options;
mod phase;
mod subscriber;
mod tasks;
mod threads;

use std::error::Error;
use std::process::ExitCode;

use aplomb::signal::{SIGHUP, SIGUSR1, SIGUSR2, Signal as Arrived};

use crate::script::{Failure, option, say};
use fault::{Endless, Fault, Several, Unprintable};

/// What `start` hands on.
#[derive(Debug)]
struct State;

/// Which signals may call a function, and the names of their scripts.
const ON: [(i32, &str); 3] = [(SIGUSR1, "usr1"), (SIGUSR2, "usr2"), (SIGHUP, "hup")];

/// Says what a signal's function was told of its signal, if `told=yes`.
fn say_told(arrived: &Arrived) {
    if option("told").is_some() {
        say(format!("{arrived} x{}", arrived.count()));
    }
}

fn app<E: Fault>() -> ExitCode {
    match option("on") {
        Some(_) => tasks::app::<E>(),
        None => threads::app::<E>(),
    }
}

#[cfg(unix)]
fn begin() {
    use nix::sys::resource::{Resource, setrlimit};
    use nix::sys::signal::{Signal, raise};

    // Where a row is about SIGQUIT, nobody wants the core.
    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("a limit can be lowered");
    if option("stopped").is_some() {
        // For a tracer that is to see all from here on.
        raise(Signal::SIGSTOP).expect("a process may stop itself");
    }
}

pub(crate) fn main() -> ExitCode {
    #[cfg(unix)]
    begin();
    if let Some(verb) = option("before") {
        match verb {
            "say-ready" => aplomb::process::ready(),
            "thread" => drop(std::thread::spawn(|| {
                loop {
                    std::thread::park();
                }
            })),
            #[cfg(unix)]
            _ => assert!(
                crate::script::handlers::one(verb, ""),
                "no such step: {verb}"
            ),
            #[cfg(not(unix))]
            _ => panic!("no such step: {verb}"),
        }
    }
    if option("components").is_some() {
        return components::app();
    }
    match option("error") {
        Some("cancelled") => app::<aplomb::Cancelled>(),
        Some("boxed") => app::<Box<dyn Error>>(),
        Some("boxed-sync") => app::<Box<dyn Error + Send + Sync>>(),
        Some("endless") => app::<Endless>(),
        Some("unprintable") => app::<Unprintable>(),
        Some("anyhow") => app::<anyhow::Error>(),
        Some("several") => app::<Several>(),
        _ => app::<Failure>(),
    }
}
