//! The thread that starts the children, and looks after them as long as the process lives.
//!
//! It is one thread for all: the kernel sends the signal of a parent's death when the *thread* ends that has forked, so
//! that one must not end before its children do. It sleeps until a child has ended, or is to be told to, or
//! to be killed.

use std::io;
use std::mem;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::entry::{Attended, Entry};
use super::options::{SpawnOptions, Tell};
use super::origin::Origin;
use super::program::Streams;
use crate::report::{self, Stragglers};
use crate::shutdown::Shutdown;
use crate::sync::{hand_over, lock};
use crate::sys::{self, Event, Interest};

/// The children that live, and the thread that looks after them.
struct Keeper {
    /// The process whose thread it is; a forked child has none.
    home: i32,
    bell: Event,
    jobs: Mutex<Vec<Job>>,
    children: Mutex<Vec<Arc<Entry>>>,
}

/// To start a child.
type Job = Box<dyn FnOnce(&Keeper) + Send>;

static KEEPER: Mutex<Option<Arc<Keeper>>> = Mutex::new(None);

/// The keeper of this process, where it has one.
fn present() -> Option<Arc<Keeper>> {
    let keeper = lock(&KEEPER).clone();
    keeper.filter(|keeper| keeper.home == sys::process_id())
}

/// The same, started if need be.
fn keeper() -> io::Result<Arc<Keeper>> {
    let mut slot = lock(&KEEPER);
    // In a forked child it is the parent's, with the parent's children.
    let home = sys::process_id();
    if let Some(keeper) = slot.as_ref().filter(|keeper| keeper.home == home) {
        return Ok(Arc::clone(keeper));
    }
    let keeper = Arc::new(Keeper {
        home,
        bell: Event::new()?,
        jobs: Mutex::default(),
        children: Mutex::default(),
    });
    let kept = Arc::clone(&keeper);
    thread::Builder::new()
        .name("aplomb-children".into())
        .spawn(move || kept.keep())?;
    *slot = Some(Arc::clone(&keeper));
    Ok(keeper)
}

/// Starts a child, on the keeper's thread.
pub(super) fn start(
    options: &SpawnOptions,
    command: &mut Command,
) -> io::Result<(Arc<Entry>, Streams)> {
    let keeper = keeper()?;
    let name = options.name_of(Path::new(command.get_program()));
    if options.tell == Tell::EndOfInput {
        command.stdin(Stdio::piped());
    }
    if !options.foreground {
        command.process_group(0);
    }
    sys::prepare_child(command, options.ends_with_us());
    // The caller's own, and back again.
    let borrowed = mem::replace(command, Command::new(""));
    let (options, origin) = (options.clone(), Origin::here());
    let (returned, started) = keeper.call(move |keeper| {
        let mut command = borrowed;
        let started = keeper.start(&mut command, name, &options, origin);
        (command, started)
    });
    *command = returned;
    started
}

impl Keeper {
    fn children(&self) -> MutexGuard<'_, Vec<Arc<Entry>>> {
        lock(&self.children)
    }

    /// Has the keeper's thread do something, and waits for what comes of it.
    fn call<T: Send + 'static>(&self, job: impl FnOnce(&Keeper) -> T + Send + 'static) -> T {
        let answer = Arc::new((Mutex::new(None), Condvar::new()));
        let to = Arc::clone(&answer);
        lock(&self.jobs).push(Box::new(move |keeper| {
            *lock(&to.0) = Some(job(keeper));
            to.1.notify_one();
        }));
        self.bell.set();
        let mut given = lock(&answer.0);
        loop {
            if let Some(given) = given.take() {
                return given;
            }
            given = answer.1.wait(given).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn start(
        &self,
        command: &mut Command,
        name: String,
        options: &SpawnOptions,
        origin: Origin,
    ) -> io::Result<(Arc<Entry>, Streams)> {
        let mut child = command
            .spawn()
            .map_err(|error| cannot_start(&error, &name, Path::new(command.get_program())))?;
        let mut streams = Streams {
            stdin: None,
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
        };
        if options.tell != Tell::EndOfInput {
            streams.stdin = child.stdin.take();
        }
        let entry = Arc::new(Entry::new(name, child, options, origin)?);
        self.children().push(Arc::clone(&entry));
        if !entry.is_watched() {
            watch(&entry)?;
        }
        Ok((entry, streams))
    }

    /// The keeper's thread.
    fn keep(&self) {
        loop {
            let jobs = mem::take(&mut *lock(&self.jobs));
            for job in jobs {
                job(self);
            }
            let children = self.children().clone();
            let mut over = Vec::new();
            for child in &children {
                if child.attend() == Attended::Over {
                    over.push(Arc::as_ptr(child));
                }
            }
            self.children()
                .retain(|child| !over.contains(&Arc::as_ptr(child)));
            if over.is_empty() {
                self.sleep(&children);
            }
        }
    }

    /// Sleeps until there may be something to do.
    fn sleep(&self, children: &[Arc<Entry>]) {
        let mut ends = Vec::new();
        for child in children {
            child.watched(&mut ends);
        }
        let cues = children.iter().filter_map(|child| child.cue());
        let ends = ends.iter().map(|end| end.as_fd());
        let awaited: Vec<BorrowedFd<'_>> = [self.bell.as_fd()]
            .into_iter()
            .chain(cues.map(AsFd::as_fd))
            .chain(ends)
            .collect();
        let next = children.iter().filter_map(|child| child.kill_at()).min();
        let timeout = next.map(|at| at.saturating_duration_since(Instant::now()));
        sys::doze_on_any(&awaited, timeout);
        self.bell.clear();
    }
}

/// For kernels that have no descriptor for the end of a process: a thread that waits for it.
fn watch(entry: &Arc<Entry>) -> io::Result<()> {
    let started = hand_over("aplomb-child", Arc::clone(entry), |entry| {
        sys::wait_for_end(entry.pid());
        if let Some(keeper) = present() {
            keeper.bell.set();
        }
    });
    started.map_err(|entry| {
        entry.kill();
        io::Error::other(format!(
            "cannot start the thread that waits for `{}`",
            entry.name()
        ))
    })
}

/// The error, with what could not be started: what it is called, and the program, where that is not the same.
fn cannot_start(error: &io::Error, name: &str, program: &Path) -> io::Error {
    let what = if program == Path::new(name) {
        format!("`{name}`")
    } else {
        format!("`{name}` ({})", program.display())
    };
    io::Error::new(error.kind(), format!("cannot start {what}: {error}"))
}

/// Tells the keeper that something has happened to a child, or is to happen.
pub(super) fn ring() {
    if let Some(keeper) = present() {
        keeper.bell.set();
    }
}

/// The time that is left until a deadline has changed: children may have to be killed earlier.
pub(crate) fn deadlines_have_changed() {
    ring();
}

/// Ends the children of an app, or all: tells them, waits for them, and has those killed that do not end. Names those
/// that take long.
pub(crate) fn end_all(of: Option<&Shutdown>) {
    let Some(keeper) = present() else {
        return;
    };
    let mut children = keeper.children().clone();
    children.retain(|child| {
        let is_of_it = of.is_none_or(|app| child.origin.is_in(app));
        is_of_it && !child.outlives_us()
    });
    for child in &children {
        child.tell();
    }
    keeper.bell.set();
    let began = Instant::now();
    let mut stragglers = Stragglers::new();
    for child in &children {
        while !child.is_over() {
            let next = stragglers.next().saturating_sub(began.elapsed());
            let over = (child.over_event().as_fd(), Interest::Read);
            sys::doze(&[over], Some(next));
            if stragglers.are_due(began.elapsed()) {
                for child in children.iter().filter(|child| !child.is_over()) {
                    report::line(&format!("waiting for {child}"));
                }
            }
        }
    }
}

/// Kills all children, here and now: the process is being ended by force.
pub(crate) fn kill_all() {
    let Some(keeper) = present() else {
        return;
    };
    for child in keeper.children().iter() {
        if !child.outlives_us() {
            child.kill();
        }
    }
}
