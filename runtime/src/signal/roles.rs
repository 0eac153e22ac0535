//! What a signal may be in an app: one that asks for the shutdown, or one that calls a function.
//!
//! The attribute asks while it is compiled, by a constant; the builder when the app begins.

use super::table::{KNOWN, Kind, Known, find};

/// Why no app can handle the signal in its own time.
pub(crate) fn why_not_handled(number: i32) -> Option<&'static str> {
    match find(number)?.kind {
        Kind::Ends | Kind::Ignored | Kind::Event => None,
        Kind::Fault => Some("it reports a fault and cannot be deferred"),
        Kind::Untouchable => Some("no process can catch it"),
    }
}

/// Why the signal cannot ask for the shutdown.
pub(crate) fn why_no_shutdown_signal(number: i32) -> Option<&'static str> {
    match find(number)?.kind {
        Kind::Ends => None,
        Kind::Ignored => Some(
            "Rust's runtime ignores it before `main`, so it would never ask for the shutdown; \
             `App::on` calls a function",
        ),
        Kind::Event => Some("it does not ask a process to end; `App::on` calls a function"),
        Kind::Fault | Kind::Untouchable => why_not_handled(number),
    }
}

/// The signals that report a fault.
pub(crate) fn faults() -> impl Iterator<Item = i32> {
    let faults = KNOWN.iter().filter(|known| known.kind == Kind::Fault);
    faults.map(|known| known.number)
}

/// For a constant of the attribute's, where a panic is an error of the compiler: at the word that the call's tokens have their
/// place from, since the panic is its caller's.
///
/// # Panics
///
/// If the signal cannot ask for the shutdown.
#[track_caller]
pub const fn check_shutdown_signal(number: i32) {
    if let Some(Known { kind, refusal, .. }) = find(number) {
        match kind {
            Kind::Ends => {}
            _ => panic!("{}", *refusal),
        }
    }
}

/// For a constant of the attribute's, as [`check_shutdown_signal`] is.
///
/// # Panics
///
/// If no app can handle the signal in its own time.
#[track_caller]
pub const fn check_signal_with_function(number: i32) {
    if let Some(Known { kind, refusal, .. }) = find(number) {
        match kind {
            Kind::Ends | Kind::Ignored | Kind::Event => {}
            Kind::Fault | Kind::Untouchable => panic!("{}", *refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{SIGKILL, SIGPIPE, SIGSTOP};
    use std::panic::catch_unwind;

    const UNTOUCHABLE: [i32; 2] = [SIGKILL, SIGSTOP];

    fn of_kind(kind: Kind) -> impl Iterator<Item = &'static Known> {
        KNOWN.iter().filter(move |known| known.kind == kind)
    }

    fn refusal(check: fn(i32), signal: i32) -> Option<String> {
        let refused = catch_unwind(|| check(signal)).err()?;
        Some(*refused.downcast::<String>().expect("words"))
    }

    #[test]
    fn what_ends_a_process_may_be_all() {
        for known in of_kind(Kind::Ends) {
            assert_eq!(refusal(check_shutdown_signal, known.number), None);
            assert_eq!(refusal(check_signal_with_function, known.number), None);
            assert_eq!(why_no_shutdown_signal(known.number), None);
            assert_eq!(why_not_handled(known.number), None);
        }
    }

    #[test]
    fn what_the_table_does_not_know_is_left_to_the_system() {
        for number in [-1, 0, 34, 64, 99] {
            check_shutdown_signal(number);
            check_signal_with_function(number);
            assert_eq!(why_no_shutdown_signal(number), None);
            assert_eq!(why_not_handled(number), None);
        }
    }

    #[test]
    fn events_may_have_functions_alone() {
        for Known { number, name, .. } in of_kind(Kind::Event) {
            assert_eq!(refusal(check_signal_with_function, *number), None);
            assert_eq!(why_not_handled(*number), None);
            let words = format!(
                "`{name}` does not ask a process to end\n\n\
                 help: to be told of it write `on({name} = path::to::function)`"
            );
            assert_eq!(refusal(check_shutdown_signal, *number), Some(words));
            let why = "it does not ask a process to end; `App::on` calls a function";
            assert_eq!(why_no_shutdown_signal(*number), Some(why));
        }
    }

    #[test]
    fn sigpipe_may_have_a_function_alone() {
        assert_eq!(refusal(check_signal_with_function, SIGPIPE), None);
        let words = "`SIGPIPE` would never ask for the shutdown\n\n\
                     help: Rust's runtime has it ignored before `main` begins; \
                     `on(SIGPIPE = path::to::function)` calls a function";
        assert_eq!(
            refusal(check_shutdown_signal, SIGPIPE).as_deref(),
            Some(words)
        );
        let why = "Rust's runtime ignores it before `main`, so it would never ask for the shutdown; \
                   `App::on` calls a function";
        assert_eq!(why_no_shutdown_signal(SIGPIPE), Some(why));
    }

    #[test]
    fn faults_may_be_nothing() {
        let names =
            ["ABRT", "BUS", "FPE", "ILL", "SEGV", "SYS", "TRAP"].map(|name| format!("SIG{name}"));
        let known = of_kind(Kind::Fault).map(|known| known.name);
        assert!(known.eq(names));
        for Known { number, name, .. } in of_kind(Kind::Fault) {
            let words = format!(
                "`{name}` reports a fault and cannot be deferred\n\n\
                 help: remove it; what asks a process to end is `SIGINT`, `SIGTERM`, `SIGHUP` or `SIGQUIT`"
            );
            assert_eq!(
                refusal(check_shutdown_signal, *number).as_ref(),
                Some(&words)
            );
            assert_eq!(refusal(check_signal_with_function, *number), Some(words));
            let why = "it reports a fault and cannot be deferred";
            assert_eq!(why_no_shutdown_signal(*number), Some(why));
            assert_eq!(why_not_handled(*number), Some(why));
        }
    }

    #[test]
    fn nobody_can_handle_kill_and_stop() {
        for number in UNTOUCHABLE {
            let name = find(number).expect("it is known").name;
            let words =
                format!("`{name}` cannot be handled\n\nhelp: no process can catch it; remove it");
            assert_eq!(
                refusal(check_shutdown_signal, number).as_ref(),
                Some(&words)
            );
            assert_eq!(refusal(check_signal_with_function, number), Some(words));
            assert_eq!(why_not_handled(number), Some("no process can catch it"));
            assert_eq!(
                why_no_shutdown_signal(number),
                Some("no process can catch it")
            );
        }
    }
}
