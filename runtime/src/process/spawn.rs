//! Starting a child.

use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::Arc;

use super::child::Child;
use super::command::{IntoCommand, Sealed, Streams};
use super::managed::{Entry, Started};
use super::options::{SpawnOptions, StopSignal};
use super::origin::Origin;
use super::supervisor::{self, Keeper, ring};
use crate::shield::Shelter;
use crate::sync::hand_over;
use crate::sys::{self, Orders};

impl SpawnOptions {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// As [`spawn`](super::spawn).
    pub fn spawn<C: IntoCommand>(&self, mut command: C) -> io::Result<Child<C::Command>> {
        let command = command.as_command();
        C::Command::check()?;
        let command = command.as_std_mut();
        let program = Path::new(command.get_program()).to_owned();
        let name = self.name_of(&program);
        let (entry, streams) =
            start(self, command, &name).map_err(|error| cannot_start(&error, &name, &program))?;
        let child = Child::new(entry);
        // From here on it is known, and ended with the app, whatever fails.
        child.with_streams(streams)
    }
}

/// Starts a child, on the forking thread.
fn start(
    options: &SpawnOptions,
    command: &mut Command,
    name: &str,
) -> io::Result<(Arc<Entry>, Streams)> {
    let keeper = supervisor::keeper()?;
    if options.stop_signal == StopSignal::EndOfInput {
        command.stdin(Stdio::piped());
    }
    let (options, name) = (options.clone(), name.to_owned());
    let (origin, shelter) = (Origin::here(), Shelter::here());
    // The caller's own, and back again.
    let borrowed = mem::replace(command, Command::new(""));
    let done = keeper.call(move |keeper| {
        let mut command = borrowed;
        let started = if keeper.is_closed() {
            Err(io::Error::other("the process is ending"))
        } else {
            spawn(&mut command, &options)
        };
        let taken_in = started.and_then(|mut child| {
            let streams = Streams {
                stdin: match options.stop_signal {
                    StopSignal::EndOfInput => None,
                    StopSignal::Signal(_) => child.stdin.take(),
                },
                stdout: child.stdout.take(),
                stderr: child.stderr.take(),
            };
            let started = Started {
                name,
                child,
                options: &options,
                origin,
                shelter,
            };
            Ok((take_in(keeper, started)?, streams))
        });
        (command, taken_in)
    });
    let (returned, started) = done.ok_or_else(panicked)?;
    *command = returned;
    started
}

fn spawn(command: &mut Command, options: &SpawnOptions) -> io::Result<process::Child> {
    let orders = Orders {
        own_group: !options.foreground,
        ends_with_us: !options.outlives,
    };
    // The standard library panics where a child that could not become the program is reaped by others.
    let spawned = catch_unwind(AssertUnwindSafe(|| sys::spawn(command, orders)));
    spawned.unwrap_or_else(|_| Err(panicked()))
}

fn panicked() -> io::Error {
    io::Error::other("the standard library has panicked over it")
}

fn take_in(keeper: &Keeper, started: Started<'_>) -> io::Result<Arc<Entry>> {
    let entry = Arc::new(Entry::new(started)?);
    keeper.take_in(&entry);
    if !entry.is_watched() {
        watch(&entry)?;
    }
    Ok(entry)
}

/// For kernels that have no descriptor for the end of a process: a thread that waits for it.
fn watch(entry: &Arc<Entry>) -> io::Result<()> {
    let started = hand_over("aplomb-child", Arc::clone(entry), |entry| {
        sys::wait_for_end(entry.pid());
        ring();
    });
    started.map_err(|entry| {
        entry.kill();
        io::Error::other("there is no thread left to wait for it")
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
