//! The standard streams: writing to standard error past everybody else, and streams whose other end is gone.
//!
//! `println!` panics when its write fails. A `stop` that prints what it does would be cut by that, in the middle, when the
//! terminal is closed (every write fails with EIO), or when the reader of a pipe has ended (EPIPE).

use std::io::{self, IsTerminal};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use super::poll::{Interest, Source, poll, pollfd, pollfds, wait_on};

/// Whether standard error is a terminal.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Puts `/dev/null` in the place of standard streams whose other end is gone: what is written to them goes nowhere
/// then, and does not fail.
pub(crate) fn replace_lost_streams() {
    // The end of an input is nothing to be hidden, unless it was a terminal.
    if is_lost_terminal(libc::STDIN_FILENO) {
        replace(libc::STDIN_FILENO);
    }
    for fd in OUTPUTS {
        if is_lost(fd) {
            replace(fd);
        }
    }
}

/// Standard output and standard error.
const OUTPUTS: [libc::c_int; 2] = [libc::STDOUT_FILENO, libc::STDERR_FILENO];

fn replace(fd: libc::c_int) {
    // SAFETY: the path is a C string; dup2 closes `fd` and makes it another name for
    // the new one in one step, so that it is never free for somebody else's open.
    unsafe {
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        if null >= 0 {
            libc::dup2(null, fd);
            libc::close(null);
        }
    }
}

/// A pipe that has no reader says POLLERR, a socket whose other side is closed and a terminal that was hung up say POLLHUP
/// (poll(2), measured on Linux). POLLERR of a socket may be an error that passes.
fn is_lost(fd: libc::c_int) -> bool {
    let gone = if is_pipe(fd) {
        libc::POLLERR | libc::POLLHUP
    } else {
        libc::POLLHUP
    };
    let mut polled = [libc::pollfd {
        fd,
        events: 0,
        revents: 0,
    }];
    let told = poll(&mut polled, Some(Duration::ZERO));
    told.is_ok() && polled[0].revents & gone != 0
}

/// Async-signal-safe.
fn is_pipe(fd: libc::c_int) -> bool {
    let mut status = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the pointer is valid for writing the status; all zeroes are one, should the call fail.
    let status = unsafe {
        libc::fstat(fd, status.as_mut_ptr());
        status.assume_init()
    };
    status.st_mode & libc::S_IFMT == libc::S_IFIFO
}

/// A character device that was a terminal answers with EIO from its hang-up on (measured on
/// Linux); anything else says ENOTTY.
fn is_lost_terminal(fd: libc::c_int) -> bool {
    let mut settings = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the pointer is valid for writing the settings, which nobody reads.
    let asked = unsafe { libc::tcgetattr(fd, settings.as_mut_ptr()) };
    asked != 0 && io::Error::last_os_error().raw_os_error() == Some(libc::EIO)
}

/// Our own reading ends of standard output and standard error, where these are pipes.
///
/// A Ctrl-C goes to all of `prog | tee log`. `tee` dies at once, and what `prog` prints after that would fail. To notice a
/// death takes a moment in which `prog` may print, and both happen at the same time, mostly: a watch alone was too late in
/// one of some ten runs (measured). So the signal handler makes us a reader as well, before anybody hears of the signal, and no
/// write fails. We never read: what is there is the other reader's.
///
/// For a signal that a process has sent there is the watch alone: to open the ends takes some microseconds, for which those
/// who wait for the signal would wait.
#[derive(Debug)]
pub(crate) struct ReadingEnds([AtomicI32; OUTPUTS.len()]);

const NONE: libc::c_int = -1;

/// The listener has it. So a storm of signals takes no more than one for each.
const HANDED_OUT: libc::c_int = -2;

impl ReadingEnds {
    pub(crate) const fn new() -> Self {
        ReadingEnds([const { AtomicI32::new(NONE) }; OUTPUTS.len()])
    }

    /// A Ctrl-C was typed, which the readers have got, too. Async-signal-safe.
    pub(crate) fn open(&self) {
        for (hold, output) in self.0.iter().zip(OUTPUTS) {
            if hold.load(Ordering::Relaxed) != NONE {
                continue;
            }
            let Some(end) = reading_end(output) else {
                continue;
            };
            let end = end.into_raw_fd();
            // Release: who takes it out sees an open descriptor. It fails where another handler was faster.
            let kept = hold.compare_exchange(NONE, end, Ordering::Release, Ordering::Relaxed);
            if kept.is_err() {
                // SAFETY: nobody else knows this descriptor, which was made just now.
                unsafe { libc::close(end) };
            }
        }
    }

    /// For the listener: those that have come since it asked last.
    fn hand_out(&self) -> impl Iterator<Item = OwnedFd> {
        let is_new = |end| (end >= 0).then_some(HANDED_OUT);
        self.0.iter().filter_map(move |hold| {
            // Acquire: after the handler that has opened it.
            let end = hold.fetch_update(Ordering::Acquire, Ordering::Relaxed, is_new);
            // SAFETY: a handler has made it and put it here, and whoever takes it out is its only owner.
            end.ok().map(|end| unsafe { OwnedFd::from_raw_fd(end) })
        })
    }

    /// Gives up what nobody has asked for, when no handler is there any more.
    pub(crate) fn close(&self) {
        self.hand_out().for_each(drop);
        self.reset();
    }

    /// For the listener, which has given them up: the next signal may take hold again.
    fn reset(&self) {
        for hold in &self.0 {
            // It fails where a handler has taken hold of that one in the meantime, or of none.
            let _ = hold.compare_exchange(HANDED_OUT, NONE, Ordering::Relaxed, Ordering::Relaxed);
        }
    }
}

impl Drop for ReadingEnds {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the listener does about the readers of standard output and standard error while the app stops.
#[derive(Debug)]
pub(crate) struct Readers {
    /// Our own reading ends, which keep writes from failing.
    held: Vec<OwnedFd>,
    since: Instant,
    /// When they are looked at next, counted from `since`.
    next: Duration,
    /// Which of the two streams is watched for the end of its reader.
    watched: [bool; OUTPUTS.len()],
}

/// How long a reader that got the same signal has to die of it.
const TO_DIE: Duration = Duration::from_millis(250);

/// When they are looked at for the first time; then after twice that time, and so on.
const FIRST_LOOK: Duration = Duration::from_millis(1);

impl Readers {
    pub(crate) fn new() -> Self {
        Readers {
            held: Vec::new(),
            since: Instant::now(),
            next: FIRST_LOOK,
            watched: [false; OUTPUTS.len()],
        }
    }

    /// The app stops: from here on the listener is woken when a reader ends.
    pub(crate) fn watch(&mut self) {
        self.watched = [true; OUTPUTS.len()];
    }

    /// Takes over what handlers have taken hold of, and does what is due. How long it is until there is something to do again.
    ///
    /// Whether the other readers live can be seen only when we are none, and if they are dead, who prints at that very moment
    /// fails. So that is once, when they have had the time to die; before that only where the next one to print may have to wait
    /// for room, which nobody would make.
    pub(crate) fn attend(&mut self, ends: &ReadingEnds) -> Option<Duration> {
        let known = self.held.len();
        self.held.extend(ends.hand_out());
        if known == 0 && !self.held.is_empty() {
            (self.since, self.next) = (Instant::now(), FIRST_LOOK);
        }
        if self.held.is_empty() {
            return None;
        }
        let passed = self.since.elapsed();
        if passed >= TO_DIE || passed >= self.next && self.held.iter().any(is_half_full) {
            self.held.clear();
            ends.reset();
            replace_lost_streams();
            return None;
        }
        while self.next <= passed {
            self.next *= 2;
        }
        Some(self.next.min(TO_DIE).saturating_sub(passed))
    }

    /// Sleeps as [`wait`](super::wait) does, and until a reader ends that is watched. Its stream is replaced then.
    pub(crate) fn wait(&mut self, sources: &[&dyn Source], timeout: Option<Duration>) {
        let mut polled = pollfds(sources);
        let outputs = polled.len();
        polled.extend(OUTPUTS.into_iter().zip(self.watched).map(|(fd, watched)| {
            libc::pollfd {
                // A negative one is passed over.
                fd: if watched { fd } else { -1 },
                events: 0,
                revents: 0,
            }
        }));
        wait_on(&mut polled, timeout);
        let told = polled[outputs..].iter().map(|polled| polled.revents != 0);
        for ((fd, watched), told) in OUTPUTS.into_iter().zip(&mut self.watched).zip(told) {
            if told {
                // Also where it is not open at all, or cannot be replaced: once, or the listener would never sleep again.
                *watched = false;
                if is_lost(fd) {
                    replace(fd);
                }
            }
        }
    }
}

/// How many bytes are in a pipe that nobody has read yet.
fn unread(end: &OwnedFd) -> libc::c_int {
    let mut unread = 0;
    // SAFETY: the pointer is valid for writing the number (FIONREAD, pipe(7)).
    unsafe { libc::ioctl(end.as_raw_fd(), libc::FIONREAD, &raw mut unread) };
    unread
}

/// Whether the next one who prints may have to wait for room.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_half_full(end: &OwnedFd) -> bool {
    // SAFETY: takes integers.
    let size = unsafe { libc::fcntl(end.as_raw_fd(), libc::F_GETPIPE_SZ) };
    unread(end) > size / 2
}

/// There are no reading ends of ours.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn is_half_full(_: &OwnedFd) -> bool {
    false
}

/// Another reading end of the pipe that this output writes to, where it does; `proc(5)`: to open such a link opens what it
/// leads to once more. Async-signal-safe.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn reading_end(fd: libc::c_int) -> Option<OwnedFd> {
    if !is_pipe(fd) {
        return None;
    }
    let path = if fd == libc::STDOUT_FILENO {
        c"/proc/self/fd/1"
    } else {
        c"/proc/self/fd/2"
    };
    let flags = libc::O_RDONLY | libc::O_NONBLOCK | libc::O_CLOEXEC;
    // SAFETY: the path is a C string.
    let opened = unsafe { libc::open(path.as_ptr(), flags) };
    // SAFETY: the call above has just made this descriptor, and nobody else has it.
    (opened >= 0).then(|| unsafe { OwnedFd::from_raw_fd(opened) })
}

/// Nothing is known here by which a pipe could be opened once more.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn reading_end(_: libc::c_int) -> Option<OwnedFd> {
    None
}

/// Writes to standard error, past the standard library's lock, which a blocked thread may hold, and as long as that takes. What
/// cannot be written is lost.
pub(crate) fn write_stderr(text: &str) {
    let mut left = text.as_bytes();
    while !left.is_empty() {
        // SAFETY: the buffer is valid for its length.
        let written = unsafe { libc::write(libc::STDERR_FILENO, left.as_ptr().cast(), left.len()) };
        if let Ok(written) = usize::try_from(written) {
            left = &left[written..];
            continue;
        }
        match io::Error::last_os_error().kind() {
            io::ErrorKind::Interrupted => {}
            // Whoever shares the stream has made it so.
            io::ErrorKind::WouldBlock => {
                poll_stderr(None);
            }
            _ => return,
        }
    }
}

/// Whether standard error would take something now.
pub(crate) fn stderr_is_writable() -> bool {
    poll_stderr(Some(Duration::ZERO))
}

/// As [`write_stderr`], but only what can be written at once, and no more than a pipe takes at once (POSIX asks for 512 bytes at
/// least). It may block nevertheless, should another one fill the stream at this very moment.
pub(crate) fn try_stderr(text: &str) {
    let mut bytes = Vec::from(&text.as_bytes()[..text.len().min(512)]);
    if let Some(last) = bytes.last_mut() {
        *last = b'\n';
    }
    if stderr_is_writable() {
        // SAFETY: the buffer is valid for its length.
        unsafe { libc::write(libc::STDERR_FILENO, bytes.as_ptr().cast(), bytes.len()) };
    }
}

/// Waits until standard error takes something, for so long, or for ever. Whether it does.
fn poll_stderr(timeout: Option<Duration>) -> bool {
    let mut stderr = [pollfd(&io::stderr(), Interest::Write)];
    poll(&mut stderr, timeout).is_ok() && stderr[0].revents & libc::POLLOUT != 0
}
