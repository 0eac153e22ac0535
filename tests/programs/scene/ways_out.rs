//! Ways out of the process while others are busy: what has begun is completed, and nobody waits for ever.

use std::fs::File;
use std::os::fd::IntoRawFd;
use std::sync::mpsc;
use std::time::Duration;
use std::{io, process, thread};

use aplomb::signal::SIGHUP;
use aplomb::{Absent, App, Cleanup, Shutdown, at_exit, shield};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, raise};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

use crate::script::{gate, option, say};

pub(crate) fn main() {
    match option("case") {
        Some("parked") => App::new(Absent, parked, Absent).main(),
        Some("exit-function") => App::new(Absent, exit_function, Absent).main(),
        Some("no-descriptor") => App::new(Absent, no_descriptor, Absent).main(),
        Some("c-stream") => App::new(Absent, reads_in_c, Absent).main(),
        Some("rollback") => App::new(rollback, Absent, Absent)
            .drain(Duration::from_secs(1000))
            .main(),
        Some("slow-exit") => App::new(Absent, slow_exit, Absent)
            .timeout_stop(Duration::from_millis(300))
            .main(),
        Some("fork") => App::new(Absent, forks, Absent).main(),
        Some("fork-beside-a-function") => {
            let app = App::new(Absent, forks, Absent);
            app.on(SIGHUP, || ()).main()
        }
        Some("fork-of-a-component") => {
            let app = App::components().with("forks", Absent, forks, Absent);
            let waits = |shutdown: &Shutdown| shutdown.wait();
            app.with("waits", Absent, waits, Absent).main()
        }
        Some("payload") => App::new(Absent, payload, Absent).main(),
        Some("no-app") => {
            at_exit(|| {
                let _ = io::stdin().read_line(&mut String::new());
            });
        }
        other => panic!("no such case: {other:?}"),
    }
}

/// One thread waits in a shield for what another does in many: that one must not be kept out for good.
fn parked() {
    let (done, doing) = mpsc::channel();
    thread::spawn(move || {
        let _shield = shield("waits");
        gate::open("shielded");
        gate::pass("leaving");
        for () in doing.iter().take(30) {}
        say("whole");
    });
    gate::pass("shielded");
    thread::spawn(move || {
        loop {
            drop(shield("goes in and out"));
            thread::sleep(Duration::from_millis(1));
            if done.send(()).is_err() {
                return;
            }
        }
    });
    gate::open("leaving");
    process::exit(3)
}

/// Forks, and returns in the child, where no other thread of the app is.
fn forks(shutdown: &Shutdown) {
    #[allow(unsafe_code, reason = "a fork in a phase is the point of it")]
    // SAFETY: the child returns to the library, which writes a line and leaves.
    let forked = unsafe { fork() }.expect("a process is left");
    if let ForkResult::Parent { child } = forked {
        let ended = waitpid(child, None).expect("it is a child");
        say(format!("ended with {:?}", code(ended)));
        shutdown.request("that was all");
    }
}

fn code(ended: WaitStatus) -> Option<i32> {
    match ended {
        WaitStatus::Exited(_, code) => Some(code),
        _ => None,
    }
}

/// While an exit function runs, another thread calls `process::exit`.
fn exit_function() {
    at_exit(|| {
        say("begins");
        gate::open("begun");
        let mut line = String::new();
        io::stdin().read_line(&mut line).expect("stdin is there");
        say("whole");
    });
    let exits = || {
        gate::pass("begun");
        say("leaving");
        process::exit(7)
    };
    let thread = thread::Builder::new().name("exits".into());
    thread.spawn(exits).expect("there are threads");
}

/// `process::exit` when there is no descriptor left, which is a reason to call it.
fn no_descriptor() {
    thread::spawn(|| {
        let _shield = shield("commit");
        say("half");
        gate::open("half");
        let mut line = String::new();
        io::stdin().read_line(&mut line).expect("stdin is there");
        say("whole");
    });
    gate::pass("half");
    setrlimit(Resource::RLIMIT_NOFILE, 32, 32).expect("a limit can be lowered");
    let mut files = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        files.push(file);
    }
    say("leaving");
    process::exit(1)
}

/// A thread is blocked in a read of a stream of C's, and holds its lock.
fn reads_in_c(shutdown: &Shutdown) {
    let (reader, writer) = io::pipe().expect("there are pipes");
    thread::spawn(move || {
        let _writer = writer;
        #[allow(unsafe_code, reason = "C's streams are the point of it")]
        // SAFETY: the descriptor is open and given away, the mode is a C string; the stream is
        // checked for null, and never closed.
        unsafe {
            let stream = nix::libc::fdopen(reader.into_raw_fd(), c"r".as_ptr());
            assert!(!stream.is_null());
            say("ready");
            nix::libc::fgetc(stream);
        }
    });
    shutdown.wait();
}

/// `start` fails after a request, with a drain time: what undoes it waits for who waits for the end.
fn rollback(shutdown: &Shutdown, cleanup: &mut Cleanup) -> Result<(), &'static str> {
    let worker = thread::spawn({
        let shutdown = shutdown.clone();
        move || shutdown.wait()
    });
    cleanup.push("worker", worker, |worker| {
        worker.join().expect("it does not panic");
        say("joined");
    });
    raise(Signal::SIGTERM).expect("SIGTERM can be raised");
    Err("no luck")
}

/// `stop` is quick, and an exit function is not: `stop`'s time is not its.
fn slow_exit() {
    at_exit(|| {
        thread::sleep(Duration::from_millis(600));
        say("whole");
    });
}

/// What was thrown throws again when it is dropped.
fn payload(shutdown: &Shutdown) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("while it is dropped");
        }
    }
    shutdown.on_request(|| std::panic::panic_any(Bomb));
    shutdown.on_request(|| say("the next one"));
    shutdown.request("enough");
}
