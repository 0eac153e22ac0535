//! Starting a child.

use std::io;
use std::mem;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::child::Child;
use super::entry::Entry;
use super::keeper::{self, Keeper, ring};
use super::options::{SpawnOptions, Tell};
use super::origin::Origin;
use super::program::{Sealed, Spawnable, Streams};
use crate::sync::hand_over;
use crate::sys;

impl SpawnOptions {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// As [`spawn`](super::spawn).
    pub fn spawn<C: Spawnable>(&self, mut command: C) -> io::Result<Child<C::Program>> {
        let command = command.as_program().as_std_mut();
        let (entry, streams) = start(self, command)?;
        let child = Child::new(entry);
        // From here on it is known, and ended with the app, whatever fails.
        child.with_streams(streams)
    }
}

fn start(options: &SpawnOptions, command: &mut Command) -> io::Result<(Arc<Entry>, Streams)> {
    let keeper = keeper::keeper()?;
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
        let started = start_here(keeper, &mut command, name, &options, origin);
        (command, started)
    });
    *command = returned;
    started
}

/// On the keeper's thread.
fn start_here(
    keeper: &Keeper,
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
    keeper.children().push(Arc::clone(&entry));
    if !entry.is_watched() {
        watch(&entry)?;
    }
    Ok((entry, streams))
}

/// For kernels that have no descriptor for the end of a process: a thread that waits for it.
fn watch(entry: &Arc<Entry>) -> io::Result<()> {
    let started = hand_over("aplomb-child", Arc::clone(entry), |entry| {
        sys::wait_for_end(entry.pid());
        ring();
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
