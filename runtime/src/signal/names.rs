//! Signals by name.

use std::borrow::Cow;
use std::fmt::{self, Display};

use super::table::KNOWN;
use crate::sys::signum::real_time;

/// Returns the name of a signal that has one of its own. A real-time signal has none: it is one of a row.
pub(super) fn own_name(number: i32) -> Option<&'static str> {
    let found = KNOWN.iter().find(|known| known.number == number);
    found.map(|known| known.name)
}

/// The name of a signal, as bash's `kill -l` has it: `SIGTERM`, `SIGRTMIN+1`. `None` where there is no
/// such signal, or it has no name that we know.
///
/// ```
/// use aplomb::signal::{self, SIGTERM};
///
/// assert_eq!(signal::name(SIGTERM).as_deref(), Some("SIGTERM"));
/// assert_eq!(signal::name(99), None);
/// ```
#[must_use]
pub fn name(number: i32) -> Option<Cow<'static, str>> {
    if let Some(name) = own_name(number) {
        return Some(name.into());
    }
    let all = real_time();
    if !all.contains(&number) {
        return None;
    }
    let (above, below) = (number - all.start(), all.end() - number);
    Some(match (above, below) {
        (0, _) => "SIGRTMIN".into(),
        (_, 0) => "SIGRTMAX".into(),
        _ if above <= below => format!("SIGRTMIN+{above}").into(),
        _ => format!("SIGRTMAX-{below}").into(),
    })
}

/// A signal by its number, as it is printed: the name, or `signal 99` where it has none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named(pub(crate) i32);

impl Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Named(number) = *self;
        match name(number) {
            Some(name) => f.write_str(&name),
            None => write!(f, "signal {number}"),
        }
    }
}

/// The number of the signal with that name, as kill(1) takes it: with `SIG` or without, in capitals or not.
/// Real-time signals are counted from either end: `SIGRTMIN+1`, `rtmax-2`. `None` where no
/// signal is called so.
///
/// SIGKILL and the others that no app may handle have their numbers too; an app that is to handle one
/// says so when it begins.
///
/// ```
/// use aplomb::signal::{self, SIGUSR1};
///
/// assert_eq!(signal::number("SIGUSR1"), Some(SIGUSR1));
/// assert_eq!(signal::number("usr1"), Some(SIGUSR1));
/// assert_eq!(signal::number("SIGNAL"), None);
/// ```
#[must_use]
pub fn number(name: &str) -> Option<i32> {
    let upper = name.to_ascii_uppercase();
    let short = upper.strip_prefix("SIG").unwrap_or(&upper);
    let mut known = KNOWN.iter();
    known
        .find(|known| known.name.strip_prefix("SIG") == Some(short))
        .map(|known| known.number)
        .or_else(|| real_time_number(short))
}

fn real_time_number(short: &str) -> Option<i32> {
    let all = real_time();
    let number = if let Some(offset) = short.strip_prefix("RTMIN") {
        all.start().checked_add(offset_of(offset, '+')?)?
    } else {
        let offset = short.strip_prefix("RTMAX")?;
        all.end().checked_sub(offset_of(offset, '-')?)?
    };
    all.contains(&number).then_some(number)
}

/// Returns the number behind the sign, or zero where there is no text. The number may have no sign of its own.
fn offset_of(text: &str, sign: char) -> Option<i32> {
    if text.is_empty() {
        return Some(0);
    }
    let digits = text.strip_prefix(sign)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_that_of_its_number() {
        let mut names = 0;
        for signal in -1..=100 {
            let Some(name) = name(signal) else { continue };
            names += 1;
            assert_eq!(number(&name), Some(signal), "{name}");
            assert_eq!(number(&name[3..]), Some(signal), "{name}");
            assert_eq!(number(&name.to_lowercase()), Some(signal), "{name}");
        }
        assert!(names >= 29, "only {names} names");
    }

    #[test]
    fn what_is_no_name_is_none() {
        for name in [
            "",
            "SIG",
            "SIGSIGTERM",
            "TER",
            "TERMS",
            "SIG TERM",
            "15",
            "-1",
            "RT",
            "RTMIN1",
            "RTMIN+",
            "RTMIN-1",
            "RTMIN++1",
            "RTMIN+ 1",
            "RTMAX+1",
            "RTMAX-",
            "RTMAX--1",
            "RTMIN+99",
            "RTMAX-99",
            "RTMIN+99999999999",
        ] {
            assert_eq!(number(name), None, "{name:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn real_time_signals_are_counted_from_the_nearer_end() {
        let first = number("RTMIN").unwrap();
        let last = number("SIGRTMAX").unwrap();
        assert!(last - first >= 8, "POSIX asks for eight");
        assert_eq!(name(first).unwrap(), "SIGRTMIN");
        assert_eq!(name(first + 1).unwrap(), "SIGRTMIN+1");
        assert_eq!(name(last - 1).unwrap(), "SIGRTMAX-1");
        assert_eq!(name(last).unwrap(), "SIGRTMAX");
        assert_eq!(number(&format!("rtmin+{}", last - first)), Some(last));
        assert_eq!(number(&format!("sigrtmax-{}", last - first)), Some(first));
        assert_eq!((name(first - 1), name(last + 1)), (None, None));
    }
}
