//! Names the signals that are the app's, and that other code has taken by the end of `start`.
//!
//! Whoever calls `sigaction(2)` for a signal has it alone: a JVM, Go's `signal.Notify`, the crate `ctrlc`. The app does
//! not hear of that signal any more, and nothing else would tell why it does not stop.

use crate::report;
use crate::signal::Named;
use crate::sys::{Disposition, Registration};

/// Says which of these signals do not call our handler any more.
pub(super) fn name_taken(registrations: &[Registration]) {
    let taken = |registration: &Registration| {
        let now = registration.replaced_by()?;
        Some((registration.signal(), now))
    };
    for sentence in sentences(&registrations.iter().filter_map(taken).collect::<Vec<_>>()) {
        report::line(&sentence);
    }
}

/// Returns a sentence for each thing that is done with signals of ours.
fn sentences(taken: &[(i32, Disposition)]) -> Vec<String> {
    let all = [
        Disposition::Handled,
        Disposition::Default,
        Disposition::Ignored,
    ];
    let sentence = |now| {
        let signals = taken.iter().filter(|(_, done)| *done == now);
        let names: Vec<_> = signals
            .map(|&(signal, _)| Named(signal).to_string())
            .collect();
        let (last, others) = names.split_last()?;
        let (subject, is, them) = if others.is_empty() {
            (last.clone(), "is", "it")
        } else {
            (format!("{} and {last}", others.join(", ")), "are", "them")
        };
        Some(match now {
            Disposition::Handled => format!(
                "{subject} {is} now handled by other code in the process, such as the crate `ctrlc`; \
                 the app hears of {them} only if that code passes {them} on"
            ),
            Disposition::Default => format!(
                "{subject} {is} no longer handled: other code in the process has given {them} the default action"
            ),
            Disposition::Ignored => {
                format!(
                    "{subject} {is} no longer handled: other code in the process has {them} ignored"
                )
            }
        })
    };
    all.into_iter().filter_map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{SIGHUP, SIGINT, SIGTERM};

    #[test]
    fn all_signals_of_one_kind_are_in_one_sentence() {
        use Disposition::{Default, Handled, Ignored};
        let said = |taken: &[(i32, Disposition)]| sentences(taken).join("; ");
        assert_eq!(said(&[]), "");
        assert_eq!(
            said(&[(SIGTERM, Handled)]),
            "SIGTERM is now handled by other code in the process, such as the crate `ctrlc`; \
             the app hears of it only if that code passes it on"
        );
        assert_eq!(
            said(&[(SIGINT, Handled), (SIGTERM, Handled), (SIGHUP, Handled)]),
            "SIGINT, SIGTERM and SIGHUP are now handled by other code in the process, such as the crate `ctrlc`; \
             the app hears of them only if that code passes them on"
        );
        assert_eq!(
            said(&[(SIGINT, Ignored), (SIGTERM, Default), (99, Handled)]),
            "signal 99 is now handled by other code in the process, such as the crate `ctrlc`; \
             the app hears of it only if that code passes it on; \
             SIGTERM is no longer handled: other code in the process has given it the default action; \
             SIGINT is no longer handled: other code in the process has it ignored"
        );
    }
}
