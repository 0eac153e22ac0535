//! Signals that are sent to a thread in the middle of something: it does not notice.

use std::os::fd::OwnedFd;
use std::os::unix::thread::JoinHandleExt;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread::{self, JoinHandle};
use std::{fs, io};

use aplomb::{Shutdown, app};
use nix::errno::Errno;
use nix::sys::pthread::{Pthread, pthread_kill};
use nix::sys::signal::Signal;
use nix::unistd::{gettid, pipe, read, write};

use crate::script::say;

/// A value that no system call gives.
const ERRNO: i32 = 1234;
const SIGNALS: u32 = 300;

/// The thread's id, and an end to what it does.
struct Known {
    tid: AtomicI32,
    enough: AtomicBool,
}

static COMPUTES: Known = Known::new();
static READS: Known = Known::new();

impl Known {
    const fn new() -> Self {
        Self {
            tid: AtomicI32::new(0),
            enough: AtomicBool::new(false),
        }
    }

    fn introduce(&self) {
        self.tid.store(gettid().as_raw(), Ordering::SeqCst);
    }

    fn file(&self, name: &str) -> String {
        let mut tid = 0;
        while tid == 0 {
            thread::yield_now();
            tid = self.tid.load(Ordering::SeqCst);
        }
        fs::read_to_string(format!("/proc/self/task/{tid}/{name}")).expect("the thread lives")
    }

    /// Sends the thread a signal, and returns when its handler has begun.
    fn signal<T>(&self, thread: &JoinHandle<T>) {
        // A number for the standard library; for the C library a number or a pointer (musl).
        let id = thread.as_pthread_t() as Pthread;
        pthread_kill(id, Signal::SIGTERM).expect("the thread lives");
        loop {
            let status = self.file("status");
            let pending = status.lines().find_map(|line| line.strip_prefix("SigPnd:"));
            if pending
                .expect("a field")
                .trim()
                .bytes()
                .all(|digit| digit == b'0')
            {
                return;
            }
            thread::yield_now();
        }
    }
}

/// Looks at errno as often as it can. It makes no system call, so what changes errno is a
/// handler that does not put it back.
fn compute() -> bool {
    COMPUTES.introduce();
    Errno::set_raw(ERRNO);
    while !COMPUTES.enough.load(Ordering::SeqCst) {
        if Errno::last_raw() != ERRNO {
            return false;
        }
    }
    Errno::last_raw() == ERRNO
}

fn read_one(from: &OwnedFd) -> Result<usize, Errno> {
    READS.introduce();
    read(from, &mut [0])
}

fn run(shutdown: &Shutdown) -> io::Result<()> {
    let computing = thread::spawn(compute);
    for _ in 0..SIGNALS {
        COMPUTES.signal(&computing);
    }
    COMPUTES.enough.store(true, Ordering::SeqCst);
    let kept = computing.join().expect("it does not panic");
    say(format!("errno kept {kept}"));
    say(format!("requested {}", shutdown.is_requested()));

    let (reader, writer) = pipe()?;
    let reading = thread::spawn(move || read_one(&reader));
    for _ in 0..SIGNALS {
        // Inside the read again, or done with it.
        while !reading.is_finished() && !READS.file("stat").contains(") S ") {
            thread::yield_now();
        }
        if reading.is_finished() {
            break;
        }
        READS.signal(&reading);
    }
    write(&writer, b"x")?;
    say(format!(
        "read {:?}",
        reading.join().expect("it does not panic")
    ));
    Ok(())
}

#[app(run)]
pub(crate) fn main() {}
