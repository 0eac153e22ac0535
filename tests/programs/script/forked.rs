//! Forked children that do not exec: what an app leaves them, and what they leave the app.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use aplomb::signal::SIGUSR1;
use aplomb::{Error, Outcome, ShieldInfo, Shutdown, at_exit, shield};
use futures_executor::block_on;
use nix::libc;
use nix::sys::signal::{Signal, raise};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, getpid};

use super::{gate, option, say};

pub(crate) type Run = fn(&Shutdown);

/// How the program makes an app of a `run`: as the whole program, and as a part of it.
#[derive(Clone, Copy)]
pub(crate) struct Begin {
    pub(crate) main: fn(Run) -> !,
    pub(crate) run: fn(Run) -> Result<Outcome, Error>,
}

pub(crate) fn main(begin: Begin) {
    match option("case").expect("case= chooses one") {
        "signals" => (begin.main)(signals),
        #[cfg(target_os = "linux")]
        "raw" => (begin.main)(raw),
        #[cfg(target_os = "linux")]
        "new-namespace" => (begin.main)(new_namespace),
        "exits" => (begin.main)(exits),
        "asks" => (begin.main)(asks),
        "app-in-run" => {
            BEGIN.set(begin).unwrap_or_default();
            (begin.main)(app_in_run);
        }
        "held" => held(begin),
        "alone" => alone(begin),
        "on-signal" => (begin.main)(on_signal),
        "children" => (begin.main)(children),
        "dropping" => (begin.main)(dropping),
        "ages" => (begin.main)(ages),
        "storm" => storm(begin),
        other => panic!("no such case: {other:?}"),
    }
}

static BEGIN: OnceLock<Begin> = OnceLock::new();

/// So long a child may live: one that hangs dies by SIGALRM.
const LIMIT: u32 = 20;

fn begin_child(child: impl FnOnce()) -> ! {
    #[allow(unsafe_code, reason = "nix has no alarm without a feature of its own")]
    // SAFETY: takes an integer.
    unsafe {
        libc::alarm(LIMIT);
    }
    child();
    leave(0)
}

fn leave(code: i32) -> ! {
    #[allow(unsafe_code, reason = "a forked child leaves by nothing else")]
    // SAFETY: takes an integer and does not return.
    unsafe {
        libc::_exit(code)
    }
}

/// Forks, and calls the function in the child. What `fork` returns in the parent is not there.
pub(crate) fn forked(child: impl FnOnce()) -> Pid {
    #[allow(unsafe_code, reason = "a fork without exec is the point of it")]
    // SAFETY: what the child does in a process with threads is what the rows are about.
    match unsafe { fork() }.expect("a process can be forked") {
        ForkResult::Parent { child } => child,
        ForkResult::Child => begin_child(child),
    }
}

/// Says how a child has ended.
pub(crate) fn ended(name: &str, child: Pid) {
    say(format!("{name} {}", how(child)));
}

pub(crate) fn how(child: Pid) -> String {
    match waitpid(child, None) {
        Ok(WaitStatus::Exited(_, code)) => format!("exited {code}"),
        Ok(WaitStatus::Signaled(_, signal, _)) => format!("died by {signal}"),
        other => format!("{other:?}"),
    }
}

/// Forks, and returns in both. In the parent this comes when the child has ended.
pub(crate) fn fork_and_return(name: &str) {
    #[allow(unsafe_code, reason = "a fork in code that we call is the point of it")]
    // SAFETY: the child returns to the library, which is to end it.
    match unsafe { fork() }.expect("a process can be forked") {
        ForkResult::Child => {
            #[allow(unsafe_code, reason = "nix has no alarm without a feature of its own")]
            // SAFETY: takes an integer.
            unsafe {
                libc::alarm(LIMIT);
            }
        }
        ForkResult::Parent { child } => ended(name, child),
    }
}

fn on_signal(shutdown: &Shutdown) {
    shutdown.on_signal(|_| fork_and_return("function of on_signal"));
    let child = forked(|| shutdown.on_signal(|_| say("not in a child")));
    ended("child", child);
    raise(Signal::SIGTERM).expect("a thread may signal itself");
}

const HANDLED: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

fn signals(shutdown: &Shutdown) {
    for signal in HANDLED {
        let child = forked(|| raise(signal).expect("a thread may signal itself"));
        ended("plain", child);
        let child = forked(|| {
            drop(shield("the child's"));
            at_exit(|| say("never called"));
            raise(signal).expect("a thread may signal itself");
        });
        ended("with an exit function", child);
    }
    say(format!("requested {}", shutdown.is_requested()));
    say(format!("signals {}", shutdown.signals().len()));
}

/// A child that the C library does not know to be one.
#[cfg(target_os = "linux")]
fn raw_fork(child: impl FnOnce()) -> Pid {
    #[allow(
        unsafe_code,
        reason = "a child that nobody is told of is the point of it"
    )]
    // SAFETY: as for `forked`; all arguments but the signal at the child's end are zero.
    match unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) } {
        0 => begin_child(child),
        child => Pid::from_raw(i32::try_from(child).expect("a pid fits")),
    }
}

#[cfg(target_os = "linux")]
fn raw(shutdown: &Shutdown) {
    for signal in HANDLED {
        // Not `raise`, which the C library sends to the thread that it takes this one for.
        let child = raw_fork(|| {
            nix::sys::signal::kill(getpid(), signal).expect("a process may signal itself");
        });
        ended("raw", child);
    }
    let child = raw_fork(|| shutdown.request("in the child"));
    ended("asking", child);
    say(format!("requested {}", shutdown.is_requested()));
}

/// In a new PID namespace a child of PID 1 is PID 1, too.
#[cfg(target_os = "linux")]
fn new_namespace(shutdown: &Shutdown) {
    // The test finds this process by its parent, and has to do so while it lives.
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .expect("stdin is a pipe");
    say(format!("pid {}", getpid()));
    #[allow(
        unsafe_code,
        reason = "nix has no unshare without a feature of its own"
    )]
    // SAFETY: takes an integer.
    let unshared = unsafe { libc::unshare(libc::CLONE_NEWPID) };
    assert_eq!(unshared, 0, "{}", std::io::Error::last_os_error());
    let child = forked(|| {
        say(format!("child's pid {}", getpid()));
        // The kernel drops what would end PID 1.
        raise(Signal::SIGTERM).expect("a thread may signal itself");
        shutdown.request("in the child");
        leave(7);
    });
    ended("child", child);
    say(format!("requested {}", shutdown.is_requested()));
}

fn exits(shutdown: &Shutdown) {
    at_exit(|| say(format!("the parent's exit function in {}", whose())));
    PARENT.set(getpid()).expect("set once");
    thread::spawn(|| {
        let _shield = shield("the parent's");
        gate::open("shielded");
        gate::pass("forked");
    });
    gate::pass("shielded");
    let own = Cell::new(Some(shield("that of the thread that forks")));
    let say_held = || {
        let held = shutdown.held_shields();
        let names: Vec<_> = held.iter().map(ShieldInfo::name).collect();
        let masks = shutdown.checkpoint().is_ok();
        say(format!("child holds {names:?}, masked {masks}"));
    };
    for use_it in [false, true] {
        let child = forked(|| {
            if use_it {
                at_exit(|| say(format!("the child's exit function in {}", whose())));
                shutdown.request("in the child");
                let inner = shield("inside");
                say_held();
                drop(own.take());
                drop(inner);
                say_held();
                let _shield = shield("the child's");
                say_held();
                process::exit(3);
            }
            process::exit(4);
        });
        ended("child", child);
    }
    gate::open("forked");
    shutdown.request("done");
}

static PARENT: OnceLock<Pid> = OnceLock::new();

fn whose() -> &'static str {
    if PARENT.get() == Some(&getpid()) {
        "the parent"
    } else {
        "a child"
    }
}

/// A forked child has a copy of the handle; what it asks for is not asked of the parent.
fn asks(shutdown: &Shutdown) {
    let asked = shutdown.clone();
    let child = forked(move || {
        asked.on_request(|| say("called in the child"));
        asked.request("in the child");
        asked.wait();
        say(format!(
            "child's reason {:?}",
            asked.reason().map(|reason| reason.to_string())
        ));
        drop(asked.drop_guard());
        drop(asked);
    });
    ended("child", child);
    let early = shutdown.wait_timeout(Duration::from_millis(200));
    say(format!(
        "woken {early}, requested {}",
        shutdown.is_requested()
    ));
}

fn say_error(result: Result<Outcome, Error>) {
    match result {
        Ok(outcome) => say(format!("outcome {:?}", outcome.status)),
        Err(error) => {
            let kind = if matches!(error, Error::Forked) {
                "Forked"
            } else {
                "other"
            };
            say(format!("{kind}: {error}"));
        }
    }
}

fn app_in_run(_: &Shutdown) {
    let begin = *BEGIN.get().expect("set before");
    ended("child", forked(|| say_error((begin.run)(|_| say("never")))));
    ended("child", forked(|| (begin.main)(|_| say("never"))));
}

/// There was no app, but a thread is in a shield.
fn held(begin: Begin) {
    let (held, holds) = mpsc::channel();
    let (done, go_on) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let _shield = shield("the parent's");
        held.send(()).expect("main waits");
        go_on.recv().expect("main says when");
    });
    holds.recv().expect("the thread holds it");
    ended("child", forked(|| say_error((begin.run)(|_| say("never")))));
    ended("child", forked(|| (begin.main)(|_| say("never"))));
    let child = forked(|| {
        at_exit(|| say("the child's exit function"));
        drop(shield("the child's"));
        process::exit(3);
    });
    ended("child", child);
    // A child of such a child has no thread either, but what the threads held.
    let child = forked(|| {
        let grandchild = forked(|| say_error((begin.run)(|_| say("never"))));
        ended("grandchild", grandchild);
    });
    ended("child", child);
    done.send(()).expect("the thread waits");
    thread.join().expect("it does not panic");
    // The thread is gone.
    ended(
        "child",
        forked(|| say_error((begin.run)(|_| say("at last")))),
    );
}

/// All threads of the parent have ended, after it has used all there is.
fn alone(begin: Begin) {
    drop(shield("the parent's"));
    at_exit(|| say(format!("the parent's exit function in {}", whose())));
    PARENT.set(getpid()).expect("set once");
    for _ in 0..super::number::<u32>(option("times").unwrap_or("1")) {
        say_error((begin.run)(|shutdown| {
            let later = shutdown.clone();
            let worker = thread::spawn(move || drop((shield("a worker's"), later)));
            worker.join().expect("it does not panic");
            raise(Signal::SIGTERM).expect("a thread may signal itself");
            shutdown.wait();
        }));
        let child = forked(|| {
            at_exit(|| say("the child's exit function"));
            (begin.main)(|shutdown| {
                let (shielded, shields) = mpsc::channel();
                thread::spawn(move || {
                    let _shield = shield("the child's");
                    shielded.send(()).expect("run waits");
                    thread::sleep(Duration::from_millis(20));
                    say("whole");
                });
                shields.recv().expect("the thread shields");
                raise(Signal::SIGTERM).expect("a thread may signal itself");
                shutdown.wait();
            })
        });
        ended("child", child);
    }
}

/// Children that were started by the parent, in a forked child.
fn children(shutdown: &Shutdown) {
    use aplomb::process;
    use std::process::Command;

    let ended_before = process::spawn(Command::new("true")).expect("it can be started");
    ended_before
        .wait()
        .expect("it is ours")
        .expect("nothing is requested");
    let lives = process::spawn(Command::new("cat").stdin(std::process::Stdio::piped()))
        .expect("it can be started");
    let child = forked(|| {
        say(format!(
            "over {:?}",
            ended_before
                .wait()
                .map(|status| status.map(|status| status.code()))
                .ok()
        ));
        let waits = [
            lives.try_wait().err(),
            lives.wait().err(),
            lives.stop().err(),
            block_on(lives.wait_async()).err(),
        ];
        let pid = lives.id().to_string();
        for error in waits {
            let words = error.map(|error| error.to_string().replace(&pid, "N"));
            say(format!("error {words:?}"));
        }
        lives.terminate();
        lives.kill();
        say(format!("signalled {:?}", lives.signal(SIGUSR1).ok()));
        let own =
            process::spawn(Command::new("sh").args(["-c", "exit 5"])).expect("it can be started");
        let status = own
            .wait()
            .expect("it is ours")
            .expect("nothing is requested");
        say(format!("own {:?}", status.code()));
        // A child that is forgotten is ended by the exit, and the parent's is not.
        drop(process::spawn(
            Command::new("cat").stdin(std::process::Stdio::piped()),
        ));
        std::process::exit(3)
    });
    ended("child", child);
    say(format!(
        "lives {}",
        lives.try_wait().expect("it is ours").is_none()
    ));
    shutdown.request("done");
}

#[aplomb::shielded(inline)]
async fn inline() {}

/// Forks in a future that is about to be dropped, in which no region begins any more.
fn dropping(shutdown: &Shutdown) {
    let forks = async {
        pending_once().await;
        ended("child", forked(|| block_on(inline())));
    };
    let mut cancellable = pin!(shutdown.run_until_cancelled(forks));
    let mut context = Context::from_waker(Waker::noop());
    let mut is_pending = || cancellable.as_mut().poll(&mut context).is_pending();
    assert!(is_pending(), "nothing is requested");
    shutdown.request("done");
    assert!(!is_pending(), "it has ended by itself, or is cancelled");
}

async fn pending_once() {
    let mut polled = 0;
    let wait = poll_fn(|_| {
        polled += 1;
        if polled > 1 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    });
    wait.await;
}

/// Forks while the listener looks at the time, as it does when the end waits for something.
fn ages(shutdown: &Shutdown) {
    const LONG: Duration = Duration::from_millis(2500);
    shutdown.request("done");
    // The listener has begun to look by then.
    thread::sleep(Duration::from_millis(600));
    let child = forked(|| {
        let _shield = shield("the child's");
        let age = || shutdown.held_shields()[0].age();
        let before = age();
        thread::sleep(LONG);
        leave(i32::from(age() < before + LONG));
    });
    ended("child", child);
}

/// How many threads fork, and how often each.
const FORKERS: u32 = 2;

/// Threads fork without a pause, while others use all there is.
fn storm(begin: Begin) {
    let forks: u32 = super::number(option("forks").expect("forks= says how often"));
    let handle = &Shutdown::new();
    let over = &AtomicBool::new(false);
    let until_over = |mut act: Box<dyn FnMut() + Send>| {
        move || {
            while !over.load(Ordering::SeqCst) {
                act();
            }
        }
    };
    let ends = thread::scope(|scope| {
        // Slots are made and passed on, and the fence is asked for.
        scope.spawn(until_over(Box::new(|| {
            let thread = thread::spawn(|| drop(shield("short")));
            thread.join().expect("it does not panic");
        })));
        scope.spawn(until_over(Box::new(|| drop(shield("again and again")))));
        scope.spawn(until_over(Box::new(|| drop(handle.held_shields()))));
        scope.spawn(until_over(Box::new(|| {
            at_exit(|| ());
            thread::sleep(Duration::from_millis(1));
        })));
        scope.spawn(until_over(Box::new(|| {
            let shutdown = Shutdown::new();
            shutdown.on_request(|| ());
            shutdown.request("again");
            handle.request("once");
            let _ = handle.reason();
        })));
        scope.spawn(until_over(Box::new(|| {
            // What a shield that is cut says, and the lock that a child's supervisor has.
            drop(aplomb::process::spawn(process::Command::new("true")).map(|child| child.wait()));
        })));
        let forkers: Vec<_> = (0..FORKERS)
            .map(|forker| scope.spawn(move || fork_often(forker, forks, handle, begin)))
            .collect();
        while forkers.iter().any(|forker| !forker.is_finished()) {
            let ended = (begin.run)(|shutdown| {
                shutdown.on_request(|| ());
                shutdown.request("again");
                shutdown.wait();
            });
            ended.expect("no other app is live");
        }
        over.store(true, Ordering::SeqCst);
        let ends = forkers
            .into_iter()
            .map(|forker| forker.join().expect("it does not panic"));
        ends.flatten().collect::<Vec<_>>()
    });
    let mut tally = BTreeMap::<String, u32>::new();
    for end in ends {
        *tally.entry(end).or_default() += 1;
    }
    say(format!("children {tally:?}"));
}

/// The exit of the C library. That of the standard library takes a lock of its own, which a thread that begins or ends
/// may hold.
fn exit(code: i32) -> ! {
    #[allow(unsafe_code, reason = "there is no safe way to call it")]
    // SAFETY: the exit functions are those of this library, and of the C library.
    unsafe {
        libc::exit(code)
    }
}

/// In the children nothing is printed and no thread is started: the standard library has locks, which threads of the
/// parent hold.
fn fork_often(forker: u32, forks: u32, handle: &Shutdown, begin: Begin) -> Vec<String> {
    let one = |count: u32| {
        let child = forked(|| {
            drop(shield("the child's"));
            match (forker + count) % 4 {
                0 => {
                    at_exit(|| leave(2));
                    exit(1)
                }
                1 => {
                    let ended = (begin.run)(|_| ());
                    leave(if matches!(ended, Err(Error::Forked)) {
                        2
                    } else {
                        1
                    })
                }
                2 => {
                    let shutdown = Shutdown::new();
                    shutdown.request("in the child");
                    shutdown.wait();
                    let _shield = shield("the child's");
                    leave(if shutdown.held_shields().len() == 1 {
                        2
                    } else {
                        1
                    })
                }
                _ => {
                    handle.request("in the child");
                    handle.on_request(|| ());
                    let asked = handle.reason().is_some();
                    let _ = handle.held_shields();
                    leave(if asked { 2 } else { 1 })
                }
            }
        });
        how(child)
    };
    (0..forks).map(one).collect()
}
