//! Apps inside a program that goes on after them: `embedded=once` or `embedded=twice`. It may end as the app has, by
//! `embedded=exit`, or by `embedded=return` of what `main` returns. `embedded=try` goes on if the app cannot begin.
//! With an `E` in `quiet=` nothing is said of the app's end, and with `timeline=yes` what it has spent its time on.

use std::io;
use std::process::{ExitCode, Termination};

use aplomb::phase::List;
use aplomb::{App, Outcome, Status};

use crate::script::{option, say};

/// What the kernel knows of our signals. Not of the C library's own, 32 and 33, which it takes
/// when the first thread is made.
#[cfg(target_os = "linux")]
fn dispositions() -> Vec<String> {
    let status = std::fs::read_to_string("/proc/self/status").expect("there is /proc");
    let fields = ["SigBlk", "SigIgn", "SigCgt"];
    let lines = status.lines().filter_map(|line| line.split_once(':'));
    lines
        .filter(|(field, _)| fields.contains(field))
        .map(|(field, mask)| {
            let mask = u64::from_str_radix(mask.trim(), 16).expect("a hexadecimal mask");
            format!("{field} {:x}", mask & !(0b11 << 31))
        })
        .collect()
}

/// Only Linux tells them.
#[cfg(not(target_os = "linux"))]
fn dispositions() -> Vec<String> {
    Vec::new()
}

fn one<L: List>(app: App<L>) -> Outcome {
    let outcome = app.run().expect("no other app is live");
    if !is_quiet() {
        say(format!("status {:?}", outcome.status));
        let reason = outcome.reason.as_ref().map(ToString::to_string);
        say(format!("reason {}", reason.unwrap_or_default()));
        if option("timeline").is_some() {
            say(outcome.timeline().to_string());
        }
        if !matches!(outcome.status, Status::Signal(_)) {
            for signal in &outcome.signals {
                say(format!("late {signal}"));
            }
        }
    }
    outcome
}

fn is_quiet() -> bool {
    option("quiet").is_some_and(|letters| letters.contains('E'))
}

/// Runs it as the option says.
pub(super) fn live<L: List>(app: impl Fn() -> App<L>) -> ExitCode {
    let Some(times) = option("embedded") else {
        app().main()
    };
    let before = dispositions();
    let outcome = match times {
        "try" => {
            say(format!("error {}", app().try_main()));
            None
        }
        _ => Some(one(app())),
    };
    let after = dispositions();
    if is_quiet() {
        assert_eq!(before, after, "the dispositions");
    } else if before == after {
        say("dispositions as before");
    } else {
        say(format!("dispositions {before:?} became {after:?}"));
    }
    match (times, outcome) {
        ("twice", _) => {
            one(app());
            return ExitCode::SUCCESS;
        }
        ("exit", Some(outcome)) => outcome.status.exit(),
        // What the standard library does with the value of `main`.
        ("return", Some(outcome)) => return outcome.report(),
        _ => {}
    }
    say("alone");
    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("stdin is a pipe");
    say("went on");
    ExitCode::SUCCESS
}
