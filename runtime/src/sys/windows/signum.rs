//! Which signals there are: the three events of a console that a process may survive long enough to end in its own time
//! (`HandlerRoutine`). The others have their names all the same, and the numbers of Linux, so that programs that name
//! them compile.

use std::ops::RangeInclusive;

macro_rules! signals {
    ($($name:ident = $number:literal),* $(,)?) => {
        $(pub(crate) const $name: i32 = $number;)*

        /// Each with what is said where there is no such event.
        const ALL: &[(i32, Refusal)] = &[$((
            $name,
            (
                concat!(
                    "`", stringify!($name), "` does not exist on Windows\n\n\
                     help: a program hears of Ctrl-C (`SIGINT`), Ctrl-Break (`SIGTERM`) and the end of its console (`SIGHUP`) \
                     there; write this word for Unix alone: `#[cfg_attr(unix, app(..))]`"
                ),
                "it does not exist on Windows, where a program hears of Ctrl-C (SIGINT), Ctrl-Break (SIGTERM) and the end of its \
                 console (SIGHUP)",
            ),
        )),*];
    };
}

/// Why a signal cannot be used: what the compiler says at the word in the attribute, and what the app says when it
/// begins.
pub(crate) type Refusal = (&'static str, &'static str);

signals! {
    SIGHUP = 1,
    SIGINT = 2,
    SIGQUIT = 3,
    SIGILL = 4,
    SIGTRAP = 5,
    SIGABRT = 6,
    SIGBUS = 7,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGUSR1 = 10,
    SIGSEGV = 11,
    SIGUSR2 = 12,
    SIGPIPE = 13,
    SIGALRM = 14,
    SIGTERM = 15,
    SIGCHLD = 17,
    SIGCONT = 18,
    SIGSTOP = 19,
    SIGTSTP = 20,
    SIGTTIN = 21,
    SIGTTOU = 22,
    SIGURG = 23,
    SIGXCPU = 24,
    SIGXFSZ = 25,
    SIGVTALRM = 26,
    SIGPROF = 27,
    SIGWINCH = 28,
    SIGIO = 29,
    SIGSYS = 31,
}

const LAST: Refusal = (
    "`SIGHUP` cannot call a function on Windows\n\n\
     help: there it says that the console is gone, and Windows ends the process a few seconds later; leave it a shutdown signal, and \
     write this word for Unix alone: `#[cfg_attr(unix, app(..))]`",
    "it says on Windows that the console is gone, and the process ends a few seconds later, so it can ask for the shutdown alone",
);

/// The signals that report a fault. A table above asks for these; there is no mask here that could have one.
#[cfg(test)]
pub(crate) const FAULTS: [i32; 7] = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP];

/// The highest number of a signal that is handled.
pub(crate) const HIGHEST: u8 = 64;

/// Returns no signals: there are no real-time signals.
#[allow(clippy::reversed_empty_ranges, reason = "there are none")]
pub(crate) fn real_time() -> RangeInclusive<i32> {
    1..=0
}

/// Returns why no process hears of this signal, or why it calls no function, if that is what it is wanted for. Returns
/// `None` for one that is heard of, and for a number without a name, which [`disposition`](super::console::disposition)
/// refuses.
pub(crate) const fn absent(number: i32, with_function: bool) -> Option<Refusal> {
    match number {
        SIGHUP if with_function => return Some(LAST),
        SIGHUP | SIGINT | SIGTERM => return None,
        _ => {}
    }
    let mut rest = ALL;
    while let [(known, refusal), more @ ..] = rest {
        if *known == number {
            return Some(*refusal);
        }
        rest = more;
    }
    None
}
