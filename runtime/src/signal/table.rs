//! The table of the signals that have names: what an app may do with each, and what is said of what it may not.
//!
//! The attribute asks while it is compiled, by a constant, and the compiler says what to write instead. The builder
//! asks when the app begins, and says why. Both ask the system first: a signal may have a name and not be there.

use crate::sys::signum;

/// What an app may do with a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A signal that ends the process where nobody handles it. So it can ask for the shutdown and be the cause of
    /// death, or have a function instead.
    Ends,
    /// A signal that would end the process, but Rust's runtime ignores it before `main`; and a shutdown signal that is
    /// ignored when the app begins stays so, since who started us may have meant it. Only a function is left.
    Ignored,
    /// A signal that stops the process, continues it or does nothing, so it asks for no shutdown. Only a function is
    /// left.
    Event,
    /// A report of a fault, after which the interrupted code cannot go on, so nothing can be put off.
    Fault,
    /// A signal that the kernel lets nobody handle.
    Untouchable,
}

#[derive(Debug)]
pub(super) struct Known {
    pub(super) number: i32,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    refusal: Refusal,
}

/// What is said to those who want a signal to be what it cannot be.
#[derive(Debug, Clone, Copy)]
struct Refusal {
    /// What the compiler says at the word in the attribute: what is wrong, and what to write instead.
    at_word: &'static str,
    /// What the app says when it begins.
    why: &'static str,
}

macro_rules! refusal {
    (Ends $name:ident) => {
        Refusal { at_word: "", why: "" }
    };
    (Ignored $name:ident) => {
        words!(
            $name, "Rust's runtime ignores it before `main`, so it would never ask for the shutdown; `App::on` calls a function",
            " would never ask for the shutdown\n\n\
             help: Rust's runtime has it ignored before `main` begins; `on(", stringify!($name), " = path::to::function)` calls a function"
        )
    };
    (Event $name:ident) => {
        words!(
            $name, "it does not ask a process to end; `App::on` calls a function",
            " does not ask a process to end\n\n\
             help: to be told of it write `on(", stringify!($name), " = path::to::function)`"
        )
    };
    (Fault $name:ident) => {
        words!(
            $name, "it reports a fault and cannot be deferred",
            " reports a fault and cannot be deferred\n\n\
             help: remove it; what asks a process to end is `SIGINT`, `SIGTERM`, `SIGHUP` or `SIGQUIT`"
        )
    };
    (Untouchable $name:ident) => {
        words!(
            $name, "no process can catch it",
            " cannot be handled\n\n\
             help: no process can catch it; remove it"
        )
    };
}

macro_rules! words {
    ($name:ident, $why:literal, $($at_word:expr),+) => {
        Refusal {
            at_word: concat!("`", stringify!($name), "`", $($at_word),+),
            why: $why,
        }
    };
}

macro_rules! signals {
    ($($(#[$cfg:meta])* $kind:ident $name:ident: $meaning:literal),* $(,)?) => {
        /// The constants, which are public.
        pub(super) mod numbers {
            use crate::sys::signum;

            $(
                #[doc = concat!("`", stringify!($name), "`: ", $meaning, ".")]
                $(#[$cfg])*
                pub const $name: i32 = signum::$name;
            )*
        }

        pub(super) const KNOWN: &[Known] = &[$(
            $(#[$cfg])*
            Known {
                number: numbers::$name,
                name: stringify!($name),
                kind: Kind::$kind,
                refusal: refusal!($kind $name),
            },
        )*];
    };
}

signals! {
    Ends SIGHUP: "the terminal is gone, or, by custom, a daemon is to read its configuration again",
    Ends SIGINT: "Ctrl-C",
    Ends SIGQUIT: "Ctrl-\\; never a shutdown signal by default, so that it stays the way out that always works, as PID 1 too",
    Ends SIGUSR1: "for the program's own use",
    Ends SIGUSR2: "for the program's own use",
    Ignored SIGPIPE: "a write to a pipe without a reader; Rust programs have it ignored, so it cannot be a shutdown signal",
    Ends SIGALRM: "the real-time timer of alarm(2) or setitimer(2)",
    Ends SIGTERM: "the polite request to end, of `kill`, systemd and container runtimes",
    Event SIGCHLD: "a child has ended, stopped or gone on",
    Event SIGCONT: "the process goes on after it was stopped",
    Event SIGTSTP: "Ctrl-Z",
    Event SIGTTIN: "a background process reads from its terminal",
    Event SIGTTOU: "a background process writes to its terminal",
    Event SIGURG: "urgent data on a socket",
    Ends SIGXCPU: "the limit of processor time is reached",
    Ends SIGXFSZ: "the limit of a file's size is reached",
    Ends SIGVTALRM: "the virtual timer of setitimer(2)",
    Ends SIGPROF: "the profiling timer of setitimer(2)",
    Event SIGWINCH: "the terminal has another size",
    Ends SIGIO: "a descriptor is ready",
    #[cfg(any(target_os = "linux", target_os = "android"))]
    Ends SIGPWR: "the power fails",
    Fault SIGABRT: "the process has called abort(3); no app can handle it",
    Fault SIGBUS: "an access to memory that is not there; no app can handle it",
    Fault SIGFPE: "an arithmetic error; no app can handle it",
    Fault SIGILL: "an instruction that does not exist; no app can handle it",
    Fault SIGSEGV: "an access to memory that is not allowed; no app can handle it",
    Fault SIGSYS: "a system call that is not allowed; no app can handle it",
    Fault SIGTRAP: "a breakpoint; no app can handle it",
    Untouchable SIGKILL: "the process ends at once; no process can handle it",
    Untouchable SIGSTOP: "the process stops; no process can handle it",
}

/// Finds a signal in this table. Returns `None` for what is no signal, and for real-time signals, too: the system knows
/// more signals than this table.
const fn find(number: i32) -> Option<&'static Known> {
    let mut rest = KNOWN;
    while let [known, more @ ..] = rest {
        if known.number == number {
            return Some(known);
        }
        rest = more;
    }
    None
}

/// What a signal is wanted for.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    /// The signal is to ask for the shutdown.
    Shutdown,
    /// The signal is to call a function, or to do anything else that a handler may do.
    Function,
}

const fn refusal(number: i32, wanted: Wanted) -> Option<Refusal> {
    let with_function = matches!(wanted, Wanted::Function);
    if let Some((at_word, why)) = signum::absent(number, with_function) {
        return Some(Refusal { at_word, why });
    }
    let Some(known) = find(number) else {
        return None;
    };
    match (known.kind, wanted) {
        (Kind::Ends, _) | (Kind::Ignored | Kind::Event, Wanted::Function) => None,
        (Kind::Ignored | Kind::Event, Wanted::Shutdown) | (Kind::Fault | Kind::Untouchable, _) => {
            Some(known.refusal)
        }
    }
}

/// Returns why no app can handle the signal in its own time, or `None` if one can.
pub(super) fn why_not_handled(number: i32) -> Option<&'static str> {
    refusal(number, Wanted::Function).map(|refusal| refusal.why)
}

/// Returns why the signal cannot ask for the shutdown, or `None` if it can.
pub(crate) fn why_no_shutdown_signal(number: i32) -> Option<&'static str> {
    refusal(number, Wanted::Shutdown).map(|refusal| refusal.why)
}

/// The attribute calls this in a constant, where a panic is an error of the compiler. The panic has the place of its
/// caller. So the error is at the user's word, whose place the tokens of the call have.
///
/// # Panics
///
/// If the signal cannot ask for the shutdown.
#[track_caller]
pub const fn check_shutdown_signal(number: i32) {
    if let Some(refusal) = refusal(number, Wanted::Shutdown) {
        panic!("{}", refusal.at_word);
    }
}

/// The attribute calls this in a constant, as it does [`check_shutdown_signal`].
///
/// # Panics
///
/// If no app can handle the signal in its own time.
#[track_caller]
pub const fn check_signal_with_function(number: i32) {
    if let Some(refusal) = refusal(number, Wanted::Function) {
        panic!("{}", refusal.at_word);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;
    use crate::sys::signum_of_windows as windows;

    fn of_kind(kind: Kind) -> impl Iterator<Item = &'static Known> {
        KNOWN.iter().filter(move |known| known.kind == kind)
    }

    fn panic_of(check: fn(i32), signal: i32) -> Option<String> {
        let refused = catch_unwind(|| check(signal)).err()?;
        Some(*refused.downcast::<String>().expect("words"))
    }

    #[test]
    fn each_signal_is_in_the_table_once() {
        for (position, known) in KNOWN.iter().enumerate() {
            let before = &KNOWN[..position];
            assert!(before.iter().all(|other| other.number != known.number));
            assert!(before.iter().all(|other| other.name != known.name));
        }
    }

    #[test]
    fn each_signal_is_found() {
        for known in KNOWN {
            let found = find(known.number).expect("it is in the table");
            assert_eq!(found.name, known.name);
        }
        assert!(find(0).is_none());
    }

    /// The module `sys` has a list of its own, for its masks.
    #[test]
    fn faults_are_those_that_no_mask_has() {
        let known = of_kind(Kind::Fault).map(|known| known.number);
        assert!(known.eq(signum::FAULTS));
    }

    /// What Windows has of these signals, and what is said of the others there.
    #[test]
    fn windows_has_three_of_them() {
        use windows::{SIGHUP, SIGINT, SIGTERM, absent};
        for number in [SIGINT, SIGTERM] {
            assert_eq!(absent(number, false), None);
            assert_eq!(absent(number, true), None);
        }
        assert_eq!(absent(SIGHUP, false), None);
        let (at_word, why) = absent(SIGHUP, true).expect("the process ends");
        assert_eq!(
            at_word,
            "`SIGHUP` cannot call a function on Windows\n\n\
             help: there it says that the console is gone, and Windows ends the process a few seconds later; \
             leave it a shutdown signal, and write this word for Unix alone: `#[cfg_attr(unix, app(..))]`"
        );
        assert_eq!(
            why,
            "it says on Windows that the console is gone, and the process ends a few seconds later, so it can ask for the shutdown alone"
        );
        let names = KNOWN.iter().map(|known| known.name);
        let missing = |name: &&str| !matches!(*name, "SIGHUP" | "SIGINT" | "SIGTERM" | "SIGPWR");
        let mut absent: Vec<_> = (0..100)
            .filter_map(|number| absent(number, false))
            .collect();
        for name in names.filter(missing) {
            let words = format!(
                "`{name}` does not exist on Windows\n\n\
                 help: a program hears of Ctrl-C (`SIGINT`), Ctrl-Break (`SIGTERM`) and the end of its console (`SIGHUP`) \
                 there; write this word for Unix alone: `#[cfg_attr(unix, app(..))]`"
            );
            let before = absent.len();
            absent.retain(|(at_word, _)| *at_word != words);
            assert_eq!(absent.len() + 1, before, "{name}");
        }
        assert_eq!(absent, [], "each has a name here");
    }

    #[cfg(windows)]
    #[test]
    fn the_system_is_asked_first() {
        use windows::{SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGUSR1, absent};
        let words = |number| absent(number, true).map(|(at_word, _)| at_word.to_owned());
        let why = |number| absent(number, true).map(|(_, why)| why);
        for number in [SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGUSR1, 34] {
            assert_eq!(panic_of(check_signal_with_function, number), words(number));
            assert_eq!(why_not_handled(number), why(number));
        }
        assert_eq!(panic_of(check_shutdown_signal, SIGHUP), None);
        assert_eq!(why_no_shutdown_signal(SIGHUP), None);
        assert_eq!(panic_of(check_shutdown_signal, SIGUSR1), words(SIGUSR1));
        assert_eq!(why_no_shutdown_signal(SIGUSR1), why(SIGUSR1));
    }

    #[test]
    fn what_ends_a_process_may_be_all() {
        let is_there = |known: &&Known| signum::absent(known.number, true).is_none();
        for known in of_kind(Kind::Ends).filter(is_there) {
            assert_eq!(panic_of(check_shutdown_signal, known.number), None);
            assert_eq!(panic_of(check_signal_with_function, known.number), None);
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

    #[cfg(unix)]
    #[test]
    fn events_may_have_functions_alone() {
        for Known { number, name, .. } in of_kind(Kind::Event) {
            assert_eq!(panic_of(check_signal_with_function, *number), None);
            assert_eq!(why_not_handled(*number), None);
            let words = format!(
                "`{name}` does not ask a process to end\n\n\
                 help: to be told of it write `on({name} = path::to::function)`"
            );
            assert_eq!(panic_of(check_shutdown_signal, *number), Some(words));
            let why = "it does not ask a process to end; `App::on` calls a function";
            assert_eq!(why_no_shutdown_signal(*number), Some(why));
        }
    }

    #[cfg(unix)]
    #[test]
    fn sigpipe_may_have_a_function_alone() {
        use super::numbers::SIGPIPE;
        assert_eq!(panic_of(check_signal_with_function, SIGPIPE), None);
        let words = "`SIGPIPE` would never ask for the shutdown\n\n\
                     help: Rust's runtime has it ignored before `main` begins; \
                     `on(SIGPIPE = path::to::function)` calls a function";
        assert_eq!(
            panic_of(check_shutdown_signal, SIGPIPE).as_deref(),
            Some(words)
        );
        let why = "Rust's runtime ignores it before `main`, so it would never ask for the shutdown; \
                   `App::on` calls a function";
        assert_eq!(why_no_shutdown_signal(SIGPIPE), Some(why));
    }

    #[cfg(unix)]
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
                panic_of(check_shutdown_signal, *number).as_ref(),
                Some(&words)
            );
            assert_eq!(panic_of(check_signal_with_function, *number), Some(words));
            let why = "it reports a fault and cannot be deferred";
            assert_eq!(why_no_shutdown_signal(*number), Some(why));
            assert_eq!(why_not_handled(*number), Some(why));
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_can_handle_kill_and_stop() {
        use super::numbers::{SIGKILL, SIGSTOP};
        for number in [SIGKILL, SIGSTOP] {
            let name = find(number).expect("it is known").name;
            let words =
                format!("`{name}` cannot be handled\n\nhelp: no process can catch it; remove it");
            assert_eq!(
                panic_of(check_shutdown_signal, number).as_ref(),
                Some(&words)
            );
            assert_eq!(panic_of(check_signal_with_function, number), Some(words));
            assert_eq!(why_not_handled(number), Some("no process can catch it"));
            assert_eq!(
                why_no_shutdown_signal(number),
                Some("no process can catch it")
            );
        }
    }
}
