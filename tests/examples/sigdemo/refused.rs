//! What it does not take on its command line.

use aplomb_testing::Output;

use super::sigdemo;
use crate::examples::program::helps;
use crate::examples::program::is_misused;

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
            let output = sigdemo(&["USR1", &word]).spawn().wait();
            output.assert_code(1).assert_stdout(&[]);
            complained(
                &output,
                &[&format!(
                    "Error: cannot register a handler for {name}: {why}"
                )],
            );
        }
    }
    let output = sigdemo(&["USR1", "SIGUSR1"]).spawn().wait();
    output.assert_code(1).assert_stdout(&[]);
    complained(&output, &["Error: SIGUSR1 is named twice"]);
}

#[test]
fn what_is_no_signal_is_an_error_that_names_it() {
    for word in ["SIGNAL", "TREM", "RTMIN+99", "0", "99", "SIG"] {
        let why = "no signal is called so; `kill -l` lists them";
        let error = format!("error: invalid value '{word}' for '<SIGNAL>...': {why}");
        let output = is_misused(sigdemo(&["USR1", word]), word);
        complained(&output, &[&error, "", HELP]);
    }
    let output = is_misused(sigdemo(&[]), "required arguments");
    output.assert_stderr(&["<SIGNAL>..."]);
    let output = is_misused(sigdemo(&["USR1", "--then", "leave"]), "'leave'");
    output.assert_stderr(&["[possible values: count, stop, fail, panic, exit]"]);
    helps("sigdemo");
}

const HELP: &str = "For more information, try '--help'.";

/// All that it says, line by line.
#[track_caller]
fn complained(output: &Output, lines: &[&str]) {
    output.assert(output.stderr() == lines, &format!("{lines:?} was due"));
}
