//! What it does not take on its command line.

use super::sigdemo;

/// SIGKILL and SIGSTOP by the kernel, the others as they report a fault.
pub(super) const REFUSED: [&str; 9] = [
    "SIGKILL", "SIGSTOP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP",
];

#[test]
fn what_cannot_be_handled_is_an_error_that_names_it() {
    for name in REFUSED {
        for word in [name.to_owned(), name[3..].to_lowercase()] {
            let why = match name {
                "SIGKILL" | "SIGSTOP" => "no process can catch it",
                _ => "it reports a fault and cannot be deferred",
            };
            refused(
                &["USR1", &word],
                &format!("Error: cannot register a handler for {name}: {why}"),
            );
        }
    }
}

#[test]
fn what_is_no_signal_is_an_error_that_names_it() {
    for word in ["SIGNAL", "TREM", "RTMIN+99", "0", "99", "SIG"] {
        refused(
            &["USR1", word],
            &format!(
                "Error: cannot parse argument {word:?}: no signal is called so; `kill -l` lists them"
            ),
        );
    }
    refused(&["USR1", "SIGUSR1"], "Error: SIGUSR1 is named twice");
    refused(&[], "Error: no signals; name some, such as USR1");
    refused(
        &["USR1", "--then", "leave"],
        "Error: cannot parse argument \"leave\": it is one of count, stop, fail, panic, exit",
    );
}

/// Before anything has started, so that nothing is there to be undone either.
#[track_caller]
fn refused(words: &[&str], error: &str) {
    let output = sigdemo(words).spawn().wait();
    output.assert_code(1).assert_stdout(&[]);
    output.assert(output.stderr() == [error], &format!("{error:?} was due"));
}
