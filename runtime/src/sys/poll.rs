//! Sleeping until a descriptor is ready: `poll(2)`.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::thread;
use std::time::{Duration, Instant};

/// What to wait for on a descriptor; for [`Shutdown::ready`](crate::Shutdown::ready).
///
/// ```
/// use aplomb::{Interest, Shutdown};
///
/// let (reader, writer) = std::io::pipe()?;
/// let shutdown = Shutdown::new();
/// assert!(shutdown.ready(&writer, Interest::Write)?.is_ok());
/// shutdown.request("an example");
/// assert!(shutdown.ready(&reader, Interest::Read)?.is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interest {
    /// That a read would not block: data, a connection to accept, end of file, an error.
    Read,
    /// That a write would not block, or would fail.
    Write,
    /// Either.
    Both,
}

impl Interest {
    fn events(self) -> libc::c_short {
        match self {
            Interest::Read => libc::POLLIN,
            Interest::Write => libc::POLLOUT,
            Interest::Both => libc::POLLIN | libc::POLLOUT,
        }
    }
}

/// Which of the descriptors that [`wait_for`] was given became ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ready(u8);

impl Ready {
    /// Whether none is: the time was up.
    pub(crate) fn none(self) -> bool {
        self.0 == 0
    }

    /// Whether the descriptor at this position is.
    pub(crate) fn has(self, position: usize) -> bool {
        self.0 & (1 << position) != 0
    }
}

/// Sleeps until at least one of up to three descriptors is ready, or the time is up. Returns
/// early, with none, when a signal handler has run on this thread.
///
/// # Errors
///
/// That of `poll(2)`: a descriptor that is not open, or no memory in the kernel.
pub(crate) fn wait_for(
    descriptors: &[(BorrowedFd<'_>, Interest)],
    timeout: Option<Duration>,
) -> io::Result<Ready> {
    const NONE: libc::pollfd = libc::pollfd {
        fd: -1,
        events: 0,
        revents: 0,
    };
    let mut polled = [NONE; 3];
    assert!(descriptors.len() <= polled.len());
    for (slot, wanted) in polled.iter_mut().zip(descriptors) {
        *slot = pollfd(*wanted);
    }
    let polled = &mut polled[..descriptors.len()];
    if poll(polled, timeout) < 0 {
        let error = io::Error::last_os_error();
        if error.kind() == io::ErrorKind::Interrupted {
            return Ok(Ready(0));
        }
        return Err(error);
    }
    let mut ready = 0;
    for (position, slot) in polled.iter().enumerate() {
        if slot.revents & libc::POLLNVAL != 0 {
            return Err(io::Error::from_raw_os_error(libc::EBADF));
        }
        ready |= u8::from(slot.revents != 0) << position;
    }
    Ok(Ready(ready))
}

/// The same for a loop that looks for itself what has happened: it may return for nothing. Where
/// `poll(2)` fails, because foreign code has closed a descriptor of ours or the kernel has no memory, it
/// sleeps for a moment instead.
pub(crate) fn doze(descriptors: &[(BorrowedFd<'_>, Interest)], timeout: Option<Duration>) {
    if wait_for(descriptors, timeout).is_err() {
        rest(timeout);
    }
}

/// As [`doze`], for what is in the words of `poll(2)` already.
pub(super) fn doze_on(polled: &mut [libc::pollfd], timeout: Option<Duration>) {
    let failed = poll(polled, timeout) < 0
        && io::Error::last_os_error().kind() != io::ErrorKind::Interrupted;
    if failed || polled.iter().any(|slot| slot.revents & libc::POLLNVAL != 0) {
        rest(timeout);
    }
}

pub(super) fn pollfd((fd, interest): (BorrowedFd<'_>, Interest)) -> libc::pollfd {
    libc::pollfd {
        fd: fd.as_raw_fd(),
        events: interest.events(),
        revents: 0,
    }
}

fn rest(timeout: Option<Duration>) {
    const MOMENT: Duration = Duration::from_millis(20);
    thread::sleep(timeout.map_or(MOMENT, |timeout| timeout.min(MOMENT)));
}

/// The same for any number of descriptors, until one is readable. Whether the first is; of the others nobody is told
/// which: the loop looks.
#[cfg(feature = "process")]
pub(crate) fn doze_on_any(descriptors: &[BorrowedFd<'_>], timeout: Option<Duration>) -> bool {
    let readable = |fd: &BorrowedFd<'_>| pollfd((*fd, Interest::Read));
    let mut polled: Vec<_> = descriptors.iter().map(readable).collect();
    doze_on(&mut polled, timeout);
    polled.first().is_some_and(|slot| slot.revents != 0)
}

/// Sleeps until one descriptor is readable or the time is up, through signals. Whether it is.
///
/// # Errors
///
/// That of `poll(2)`, which fails when the kernel has no memory left, or when foreign code has closed a
/// descriptor of ours.
pub(crate) fn sleep_on(
    descriptor: Option<BorrowedFd<'_>>,
    timeout: Option<Duration>,
) -> io::Result<bool> {
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let ready = match descriptor {
            Some(fd) => wait_for(&[(fd, Interest::Read)], left)?,
            None => wait_for(&[], left)?,
        };
        if !ready.none() {
            return Ok(true);
        }
        if end.is_some_and(|end| Instant::now() >= end) {
            return Ok(false);
        }
    }
}

/// With the resolution of nanoseconds.
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "openbsd",
    target_os = "illumos"
))]
pub(super) fn poll(polled: &mut [libc::pollfd], timeout: Option<Duration>) -> libc::c_int {
    use std::ptr;

    #[allow(
        clippy::unnecessary_fallible_conversions,
        reason = "a `long` has 32 bits on some systems; the nanoseconds fit there too"
    )]
    let timeout = timeout.map(|timeout| libc::timespec {
        // The type is not named: on musl `libc` warns of its name. What does not fit is longer than 68 years.
        tv_sec: timeout.as_secs().try_into().unwrap_or(i32::MAX.into()),
        tv_nsec: libc::c_long::try_from(timeout.subsec_nanos()).unwrap_or(0),
    });
    let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    let count = polled.len().try_into().unwrap_or(0);
    // SAFETY: the slice is valid for `count` entries, `timeout` is null or points to a timespec
    // that lives to the end of this function, and a null mask leaves the signal mask alone.
    unsafe { libc::ppoll(polled.as_mut_ptr(), count, timeout, ptr::null()) }
}

/// In milliseconds, rounded up so that the end is never reported early.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "openbsd",
    target_os = "illumos"
)))]
pub(super) fn poll(polled: &mut [libc::pollfd], timeout: Option<Duration>) -> libc::c_int {
    let timeout = timeout.map_or(-1, |timeout| {
        libc::c_int::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(libc::c_int::MAX)
    });
    let count = polled.len().try_into().unwrap_or(0);
    // SAFETY: the slice is valid for `count` entries.
    unsafe { libc::poll(polled.as_mut_ptr(), count, timeout) }
}
