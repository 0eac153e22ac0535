//! Every signal with a name that can be handled may call a function.
#![deny(warnings)]
#![forbid(unsafe_code)]

use aplomb::app;

#[app(run, on(
    SIGHUP = noted,
    SIGINT = noted,
    SIGQUIT = noted,
    SIGUSR1 = noted,
    SIGUSR2 = noted,
    SIGPIPE = noted,
    SIGALRM = noted,
    SIGTERM = noted,
    SIGCHLD = noted,
    SIGCONT = noted,
    SIGTSTP = noted,
    SIGTTIN = noted,
    SIGTTOU = noted,
    SIGURG = noted,
    SIGXCPU = noted,
    SIGXFSZ = noted,
    SIGVTALRM = noted,
    SIGPROF = noted,
    SIGWINCH = noted,
    SIGIO = noted,
    SIGPWR = noted,
))]
fn main();

fn run() {}

fn noted() {}
