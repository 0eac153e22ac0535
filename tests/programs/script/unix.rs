//! The steps that there are on Unix alone: signals, descriptors, forks.

use std::io;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{SigHandler, Signal, raise, signal as set_action};

#[cfg(target_os = "linux")]
use super::forks;
use super::{children, complain, foreign, forked, handlers, service, stuck, terminal};

/// Carries out a step. Whether it is one.
pub(super) fn one(verb: &str, object: &'static str) -> bool {
    match verb {
        "clog" => clog().expect("stdout is a pipe"),
        "raise" => raise(signal(object)).expect("a thread may signal itself"),

        // Another language's runtime.
        "runtime" => foreign::begin(object),

        // Children.
        "ignore-children" => ignore(),
        "close-ready" => close_ready(),
        // As a library does that goes into the background: all descriptors from that number on.
        #[cfg(target_os = "linux")]
        "close-from" => handlers::close_from(super::number(object)),
        // Into the buffer of C's standard output.
        "c-print" => handlers::c_print(object),
        "child-term" => children::child_term(object),
        "fork" => forked::fork_and_return(object),
        "child-forked" => children::child_forked().expect("there are pipes and processes"),
        _ => {
            return service::one(verb, object)
                || terminal::one(verb)
                || handlers::one(verb, object)
                || stuck::one(verb, object)
                || on_linux(verb, object);
        }
    }
    true
}

/// Carries out a step that there is on Linux alone.
#[cfg(target_os = "linux")]
fn on_linux(verb: &str, object: &'static str) -> bool {
    match verb {
        "delivered" => await_delivery(signal(object)),
        "child-status" => children::child_status(object),
        _ => return forks::one(verb, object),
    }
    true
}

#[cfg(not(target_os = "linux"))]
fn on_linux(_: &str, _: &str) -> bool {
    false
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

fn signal(name: &str) -> Signal {
    format!("SIG{name}").parse().expect("a signal's name")
}

/// Returns when no such signal waits for the process any more: its handler has begun.
#[cfg(target_os = "linux")]
fn await_delivery(signal: Signal) {
    let bit = 1_u64 << (signal as i32 - 1);
    loop {
        let status = std::fs::read_to_string("/proc/self/status").expect("there is /proc");
        let waiting = status.lines().find_map(|line| line.strip_prefix("ShdPnd:"));
        let waiting = waiting.expect("the status has the pending signals").trim();
        if u64::from_str_radix(waiting, 16).expect("a hexadecimal mask") & bit == 0 {
            return;
        }
        std::thread::yield_now();
    }
}

/// As careless code does, so that it need not wait for its own.
fn ignore() {
    #[allow(unsafe_code, reason = "there is no safe way to change a disposition")]
    // SAFETY: no handler is installed, and SIGCHLD has none.
    let before = unsafe { set_action(Signal::SIGCHLD, SigHandler::SigIgn) };
    before.expect("SIGCHLD has a disposition");
}

/// Closes the descriptor by which this process is to say that it is ready, as daemons close all that they do not know.
fn close_ready() {
    let number = std::env::var("APLOMB_READY_FD").expect("it is to say so");
    nix::unistd::close(number.parse::<i32>().expect("a number")).expect("it is open");
}
