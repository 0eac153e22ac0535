//! The app, and the allocator that holds it up.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use aplomb::{Absent, App};
use nix::libc;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

/// The system's allocator, which holds a thread up where it allocates the buffer of standard output.
struct Slow;

#[global_allocator]
static ALLOCATOR: Slow = Slow;

thread_local!(static IS_SLOW: Cell<bool> = const { Cell::new(false) });
static IS_HELD_UP: AtomicBool = AtomicBool::new(false);
static GOES_ON: AtomicBool = AtomicBool::new(false);
static HAS_PRINTED: AtomicBool = AtomicBool::new(false);

#[allow(unsafe_code, reason = "an allocator is unsafe")]
// SAFETY: the system's allocator does all of it.
unsafe impl GlobalAlloc for Slow {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() == 1024 && IS_SLOW.get() {
            IS_HELD_UP.store(true, Ordering::SeqCst);
            while !GOES_ON.load(Ordering::SeqCst) {
                thread::yield_now();
            }
        }
        // SAFETY: the caller has promised what this needs.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller has promised what this needs.
        unsafe { System.dealloc(place, layout) }
    }
}

pub(crate) fn main() {
    App::new(Absent, run, Absent).main()
}

fn run() {
    let printing = thread::spawn(|| {
        IS_SLOW.set(true);
        println!("first");
        HAS_PRINTED.store(true, Ordering::SeqCst);
    });
    while !IS_HELD_UP.load(Ordering::SeqCst) && !HAS_PRINTED.load(Ordering::SeqCst) {
        thread::yield_now();
    }
    #[allow(unsafe_code, reason = "a fork without exec is the point of it")]
    // SAFETY: what the child does in a process with threads is what this is about.
    let ended = match unsafe { fork() }.expect("a process can be forked") {
        ForkResult::Child => {
            // SAFETY: takes an integer.
            unsafe { libc::alarm(5) };
            process::exit(5)
        }
        ForkResult::Parent { child } => waitpid(child, None),
    };
    GOES_ON.store(true, Ordering::SeqCst);
    printing.join().expect("it has printed");
    match ended {
        Ok(WaitStatus::Exited(_, code)) => println!("child exited {code}"),
        other => println!("child {other:?}"),
    }
}
