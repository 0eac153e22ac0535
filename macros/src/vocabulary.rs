//! The words of the arguments: the names of signals, durations, and what a reader may have meant.

use std::time::Duration;

use proc_macro::Ident;

use crate::errors::{Result, mistake};
use crate::values::Text;

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

pub(crate) fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// Refuses what is not the name of a signal that a process can handle in its own time.
pub(crate) fn signal(name: &Ident) -> Result {
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
        let full = if upper.starts_with("SIG") {
            upper
        } else {
            format!("SIG{upper}")
        };
        let help = match nearest(&full, &format!("{ENDING} {EVENTS} {FAULTS} {UNTOUCHABLE}")) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "signals have their POSIX names, such as `SIGTERM`".into(),
        };
        (format!("unknown signal `{name}`"), help)
    };
    Err(mistake(name, &problem, &help))
}

/// Refuses, beyond that, what can ask for no shutdown.
pub(crate) fn shutdown_signal(name: &Ident) -> Result {
    signal(name)?;
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

/// The units of a duration, in the order in which they are written, in milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// `"250ms"`, `"10s"`, `"1m30s"`, `"2h"`: whole numbers with units, the largest unit first.
pub(crate) fn duration(text: &Text) -> Result<Duration> {
    let written = &text.value;
    if let Some(length) = milliseconds(written) {
        return Ok(Duration::from_millis(length));
    }
    let help = if written.parse::<u64>().is_ok() {
        format!("add the unit: `\"{written}s\"` or `\"{written}ms\"`")
    } else {
        "write whole numbers with the units `h`, `m`, `s`, `ms`, the largest first, such as \
         `\"1m30s\"` or `\"250ms\"`"
            .into()
    };
    let problem = format!("expected a duration, found {}", text.literal);
    Err(mistake(text, &problem, &help))
}

fn milliseconds(written: &str) -> Option<u64> {
    // Each unit is looked for after the one before: so they are in order, and none comes twice.
    let mut units = UNITS.iter();
    let mut sum: Option<u64> = None;
    let mut rest = written;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let end = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let (_, scale) = units.find(|(known, _)| *known == unit)?;
        let part = number.parse::<u64>().ok()?.checked_mul(*scale)?;
        sum = Some(sum.unwrap_or(0).checked_add(part)?);
        rest = tail;
    }
    sum
}

/// The word of the list that `word` was most likely meant to be: a third of it may be wrong.
pub(crate) fn nearest<'a>(word: &str, list: &'a str) -> Option<&'a str> {
    let known = list
        .split_whitespace()
        .map(|known| (distance(word, known), known));
    let (distance, known) = known.min()?;
    (distance <= known.len().div_ceil(3)).then_some(known)
}

/// Levenshtein's: how many letters must be added, removed or replaced.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, ours) in from.chars().enumerate() {
        let mut left = line + 1;
        let mut next = vec![left];
        for (theirs, above) in to.chars().zip(row.windows(2)) {
            let [diagonal, up] = above else { continue };
            left = (diagonal + usize::from(ours != theirs))
                .min(up + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
