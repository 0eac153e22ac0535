//! The sockets of socket activation.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Mutex;

use super::variables::{self, Listen, is_this_process};
use crate::sync::lock;
use crate::sys::{PerProcess, take_inherited};

type Sockets = io::Result<Vec<(String, OwnedFd)>>;

#[derive(Debug, Default)]
enum State {
    #[default]
    Unread,
    /// An app has looked, and nobody has asked yet.
    Held(Sockets),
    Given,
}

/// The descriptors, until somebody has them. A forked child has none of its own.
static STATE: PerProcess<Mutex<State>> = PerProcess::new(Mutex::default);

/// The descriptors that this process has from systemd, which listens in its place until it is there (socket activation,
/// `systemd.socket(5)`), each with its name: that of the unit, or what `FileDescriptorName=` says. Several sockets of
/// one unit have one name. They come in the order of the unit, and once: a second call finds none. Where there are
/// none, the list is empty.
///
/// Mostly these are sockets; the standard library makes a listener of one, as in `TcpListener::from(fd)`. Children do
/// not inherit them.
///
/// This may be called in `start`, and anywhere else, with or without the key `systemd`. With it, the descriptors are
/// looked at when the app begins, so that no child inherits them, and the variables are gone from the environment.
///
/// # Errors
///
/// When the variables are nonsense: no numbers, a name too many or too few, a descriptor that this process has not
/// inherited. None is taken then.
///
/// ```
/// use std::net::TcpListener;
///
/// for (name, socket) in aplomb::systemd::listen_fds()? {
///     let listener = TcpListener::from(socket);
///     println!("{name}: {}", listener.local_addr()?);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn listen_fds() -> Sockets {
    // The lock is held for the whole look, so that two threads do not both take them.
    let mut state = lock(&STATE);
    match std::mem::replace(&mut *state, State::Given) {
        State::Unread => read(&variables::listen()),
        State::Held(sockets) => sockets,
        State::Given => Ok(Vec::new()),
    }
}

/// Takes the descriptors for an app that begins, so that its children do not inherit them.
pub(super) fn hold() {
    // The lock is held for the whole look, as above.
    let mut state = lock(&STATE);
    if matches!(*state, State::Unread) {
        *state = State::Held(read(&variables::listen()));
    }
}

fn read(listen: &Listen) -> Sockets {
    let (Some(pid), Some(fds)) = (&listen.pid, &listen.fds) else {
        return Ok(Vec::new());
    };
    number::<u32>("LISTEN_PID", pid)?;
    if !is_this_process(pid) {
        return Ok(Vec::new());
    }
    let count: u16 = number("LISTEN_FDS", fds)?;
    let names = names(listen.names.as_ref(), count.into())?;
    let taken = take_inherited(count)?;
    Ok(names.into_iter().zip(taken).collect())
}

fn number<T: std::str::FromStr>(name: &str, value: &OsStr) -> io::Result<T> {
    let number = value.to_str().and_then(|value| value.parse().ok());
    number.ok_or_else(|| nonsense(format_args!("${name} is {value:?}, and no such number")))
}

/// The name of each. systemd calls those "unknown" that it says nothing of.
fn names(names: Option<&OsString>, count: usize) -> io::Result<Vec<String>> {
    let Some(names) = names else {
        return Ok(vec!["unknown".into(); count]);
    };
    let text = names.to_string_lossy();
    let listed: Vec<String> = match &*text {
        "" => Vec::new(),
        text => text.split(':').map(Into::into).collect(),
    };
    if listed.len() != count {
        let had = listed.len();
        return Err(nonsense(format_args!(
            "$LISTEN_FDNAMES has {had} names for {count} descriptors: {names:?}"
        )));
    }
    Ok(listed)
}

fn nonsense(words: std::fmt::Arguments<'_>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, words.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(pid: &str, fds: &str, names: Option<&str>) -> Option<String> {
        let variables = Listen {
            pid: Some(pid.into()),
            fds: Some(fds.into()),
            names: names.map(Into::into),
        };
        read(&variables).err().map(|error| error.to_string())
    }

    #[test]
    fn nonsense_is_refused() {
        let own = &std::process::id().to_string();
        let refused = |pid: &str, fds, names| refusal(pid, fds, names).expect("it is nonsense");
        assert!(refused("x", "1", None).contains("$LISTEN_PID is \"x\""));
        assert!(refused(own, "-1", None).contains("$LISTEN_FDS is \"-1\""));
        assert!(refused(own, "1e9", None).contains("$LISTEN_FDS"));
        assert!(refused(own, "2", Some("a")).contains("1 names for 2"));
        assert!(refused(own, "0", Some("a")).contains("1 names for 0"));
        // Those of a parent.
        assert_eq!(refusal("1", "3", None), None);
        assert_eq!(refusal(own, "0", Some("")), None);
    }
}
