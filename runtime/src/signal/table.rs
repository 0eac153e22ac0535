//! The table of the signals that have names: what an app may do with each, and what to write instead of what it may not.

/// What an app may do with a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Unhandled it ends the process, so it can ask for the shutdown and be the cause of death. It may have a function instead.
    Ends,
    /// Unhandled it would end the process, but Rust's runtime ignores it before `main`; and a shutdown signal that is ignored when
    /// the app begins stays so, since who started us may have meant it. It may have a function.
    Ignored,
    /// A signal that stops the process, continues it or does nothing, so it asks for no shutdown. It may have a function.
    Event,
    /// A report of a fault, after which the interrupted code cannot go on, so nothing can be put off.
    Fault,
    /// The kernel lets nobody handle it.
    Untouchable,
}

#[derive(Debug)]
pub(super) struct Known {
    pub(super) number: i32,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// What the compiler says to who has named it in the attribute as what it cannot be, and what to write instead.
    pub(super) refusal: &'static str,
}

macro_rules! refusal {
    (Ends $name:ident) => {
        ""
    };
    (Ignored $name:ident) => {
        concat!(
            "`",
            stringify!($name),
            "` would never ask for the shutdown\n\nhelp: Rust's runtime has it ignored before `main` begins; `on(",
            stringify!($name),
            " = path::to::function)` calls a function"
        )
    };
    (Event $name:ident) => {
        concat!(
            "`",
            stringify!($name),
            "` does not ask a process to end\n\nhelp: to be told of it write `on(",
            stringify!($name),
            " = path::to::function)`"
        )
    };
    (Fault $name:ident) => {
        concat!(
            "`",
            stringify!($name),
            "` reports a fault and cannot be deferred\n\nhelp: remove it; what asks a process to end is `SIGINT`, \
             `SIGTERM`, `SIGHUP` or `SIGQUIT`"
        )
    };
    (Untouchable $name:ident) => {
        concat!(
            "`",
            stringify!($name),
            "` cannot be handled\n\nhelp: no process can catch it; remove it"
        )
    };
}

macro_rules! signals {
    ($($(#[$cfg:meta])* $kind:ident $name:ident: $meaning:literal),* $(,)?) => {
        $(
            #[doc = concat!("`", stringify!($name), "`: ", $meaning, ".")]
            $(#[$cfg])*
            pub const $name: i32 = libc::$name;
        )*

        pub(super) const KNOWN: &[Known] = &[$(
            $(#[$cfg])*
            Known {
                number: $name,
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

/// `None` for real-time signals, too, and for what is no signal: the system knows more of them than this table.
pub(super) const fn find(number: i32) -> Option<&'static Known> {
    let mut rest = KNOWN;
    while let [known, more @ ..] = rest {
        if known.number == number {
            return Some(known);
        }
        rest = more;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
