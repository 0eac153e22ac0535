//! Which signals an app may be told of, and why not the others.

use proc_macro2::Ident;
use syn::Result;

use crate::arguments::{has, nearest};
use crate::errors::mistake;

/// Unhandled they end the process, so each can ask for a shutdown and be the cause of death.
const ENDING: &str = "SIGHUP SIGINT SIGQUIT SIGTERM SIGUSR1 SIGUSR2 SIGALRM SIGVTALRM SIGPROF \
                      SIGPIPE SIGIO SIGPWR SIGXCPU SIGXFSZ";
/// One of these, and yet it cannot ask for a shutdown: Rust's runtime ignores it before `main`, and what
/// is ignored when the app begins stays so.
const IGNORED: &str = "SIGPIPE";
/// They stop the process, continue it or do nothing: events, which ask for no shutdown.
const EVENTS: &str = "SIGCHLD SIGCONT SIGTSTP SIGTTIN SIGTTOU SIGURG SIGWINCH";
/// The instruction at fault cannot go on, so nothing can be put off.
const FAULTS: &str = "SIGABRT SIGBUS SIGFPE SIGILL SIGSEGV SIGSYS SIGTRAP";
/// The kernel lets nobody handle them.
const UNTOUCHABLE: &str = "SIGKILL SIGSTOP";

/// Refuses what is not the name of a signal that a process can handle in its own time.
pub(super) fn may_be_handled(name: &Ident) -> Result<()> {
    let written = name.to_string();
    if has(ENDING, &written) || has(EVENTS, &written) {
        return Ok(());
    }
    let (problem, help) = if has(UNTOUCHABLE, &written) {
        (
            format!("`{name}` cannot be handled"),
            "no process can catch it; remove it".into(),
        )
    } else if has(FAULTS, &written) {
        let help = "remove it; what asks a process to end is `SIGINT`, `SIGTERM`, `SIGHUP` or \
                    `SIGQUIT`";
        (
            format!("`{name}` reports a fault and cannot be deferred"),
            help.into(),
        )
    } else {
        let upper = written.to_uppercase();
        let short = upper.strip_prefix("SIG").unwrap_or(&upper);
        let all = format!("{ENDING} {EVENTS} {FAULTS} {UNTOUCHABLE}");
        let help = match nearest(&format!("SIG{short}"), &all) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "signals have their POSIX names, such as `SIGTERM`".into(),
        };
        (format!("unknown signal `{name}`"), help)
    };
    Err(mistake(name, &problem, &help))
}

/// Refuses, beyond that, what can ask for no shutdown.
pub(super) fn may_request(name: &Ident) -> Result<()> {
    may_be_handled(name)?;
    let written = name.to_string();
    let (problem, help) = if has(EVENTS, &written) {
        (
            format!("`{name}` does not ask a process to end"),
            format!("to be told of it write `on({name} = path::to::function)`"),
        )
    } else if has(IGNORED, &written) {
        (
            format!("`{name}` would never ask for the shutdown"),
            format!(
                "Rust's runtime has it ignored before `main` begins; `on({name} = \
                 path::to::function)` calls a function"
            ),
        )
    } else {
        return Ok(());
    };
    Err(mistake(name, &problem, &help))
}
