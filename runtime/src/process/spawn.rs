//! Starting a child: from a command to a [`Managed`] that the supervisor has, and a [`Child`] for the program.

use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::Arc;

use super::child::Child;
use super::command::{IntoCommand, Sealed, Streams};
use super::managed::{Managed, Plan};
use super::options::{SpawnOptions, StopSignal};
use super::supervisor::{self, Supervisor, closed, ring};
use crate::signal::SIGCHLD;
use crate::sync::hand_over;
use crate::sys::{self, Disposition, Orders};

impl SpawnOptions {
    /// Starts a child with these options.
    ///
    /// Where the child is to be [ready](Self::ready_within) within a time, this is an interruption point: at the cancellation the child
    /// is asked to end, and waited for. Inside a shield only the child and the time end the wait. In a task it blocks the thread:
    /// await [`spawn_async`](Self::spawn_async) there.
    ///
    /// # Errors
    ///
    /// Those of [`spawn`](super::spawn). Of a child that is not ready in time: an error that holds a [`NotReady`](super::NotReady), with
    /// the child's status, when the child has ended; at the cancellation one that holds [`Cancelled`](crate::Cancelled), which is no
    /// failure of a phase that returns it.
    pub fn spawn<C: IntoCommand>(&self, command: C) -> io::Result<Child<C::Command>> {
        let child = self.begin(command)?;
        child.handle().wait_until_ready()?;
        Ok(child)
    }

    /// Starts a child with these options, and waits in a task, on any executor, until the child is [ready](Self::ready_within) where it
    /// is to say so. No request ends this wait. To drop the future asks the child to end, and has it killed if it does not.
    ///
    /// ```no_run
    /// # use aplomb::{Shutdown, process::SpawnOptions};
    /// # use std::{process::Command, time::Duration};
    /// # async fn example(shutdown: &Shutdown) -> Result<(), Box<dyn std::error::Error>> {
    /// let options = SpawnOptions::new().ready_within(Duration::from_secs(10));
    /// let server = options.spawn_async(Command::new("server"));
    /// let server = shutdown.run_until_cancelled(server).await??;
    /// # let _ = server;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`spawn`](Self::spawn), but not `Cancelled`.
    pub async fn spawn_async<C: IntoCommand>(&self, command: C) -> io::Result<Child<C::Command>> {
        let child = self.begin(command)?;
        child.handle().until_ready().await?;
        Ok(child)
    }

    /// Starts a child, which may not be ready yet.
    fn begin<C: IntoCommand>(&self, mut command: C) -> io::Result<Child<C::Command>> {
        let command = command.as_command();
        C::Command::check()?;
        let command = command.as_std_mut();
        let program = Path::new(command.get_program()).to_owned();
        let name = self.name_of(&program);
        let (managed, streams) =
            start(self, command, &name).map_err(|error| cannot_start(&error, &name, &program))?;
        // The streams are converted after the supervisor has the child: so the exit ends the child, also when that
        // fails.
        Child::new(managed, streams)
    }
}

/// Starts a child, on the forking thread.
fn start(
    options: &SpawnOptions,
    command: &mut Command,
    name: &str,
) -> io::Result<(Arc<Managed>, Streams)> {
    let supervisor = supervisor::get_or_start()?;
    if options.stop_signal == StopSignal::EndOfInput {
        command.stdin(Stdio::piped());
    }
    let plan = Plan::new(name.to_owned(), options.clone())?;
    // The command is the caller's, who lends it. The other thread owns it meanwhile, and gives it back.
    let lent = mem::replace(command, Command::new(""));
    let done = supervisor.on_forking_thread(move |supervisor| {
        let mut command = lent;
        let started = fork(supervisor, &mut command, plan);
        (command, started)
    });
    let (returned, started) = done.ok_or_else(panicked)?;
    *command = returned;
    started
}

/// Forks, and hands the child over to the supervisor.
fn fork(
    supervisor: &Supervisor,
    command: &mut Command,
    mut plan: Plan,
) -> io::Result<(Arc<Managed>, Streams)> {
    // Dropped when the child was taken in, or killed.
    let _under_way = supervisor.begin_start().ok_or_else(closed)?;
    let orders = Orders {
        own_group: !plan.options.foreground,
        ends_with_us: !plan.options.outlives,
    };
    let ready = plan.ready_writer.take();
    match &ready {
        Some(end) => end.tell(command)?,
        None => sys::keep_to_ourselves(command),
    }
    // The standard library panics where a child that could not become the program is reaped by other code.
    let spawned = catch_unwind(AssertUnwindSafe(|| {
        sys::spawn(command, orders, ready.as_ref())
    }));
    if let Some(end) = ready {
        sys::untell(command);
        // Only the child has this end from here on. So we learn when it has closed it.
        drop(end);
    }
    let mut process: process::Child = spawned.unwrap_or_else(|_| Err(panicked()))?;
    let lifeline = match plan.options.stop_signal {
        StopSignal::EndOfInput => process.stdin.take(),
        StopSignal::Signal(_) => None,
    };
    let streams = Streams {
        stdin: process.stdin.take(),
        stdout: process.stdout.take(),
        stderr: process.stderr.take(),
    };
    let managed = Arc::new(Managed::new(plan, process, lifeline));
    let kept = if supervisor.take_in(&managed) {
        watch(&managed)
    } else {
        Err(closed())
    };
    match kept {
        Ok(()) => Ok((managed, streams)),
        Err(error) => {
            managed.kill();
            if !managed.is_watched() {
                // Nothing else would tell the supervisor to reap it. What was killed ends soon.
                sys::wait_for_end(managed.pid());
            }
            ring();
            Err(error)
        }
    }
}

/// Has the supervisor notice the child's end. Where the kernel has no descriptor for that, a thread waits for it.
fn watch(managed: &Arc<Managed>) -> io::Result<()> {
    if managed.is_watched() {
        return Ok(());
    }
    let started = hand_over("aplomb-child", Arc::clone(managed), |managed| {
        sys::wait_for_end(managed.pid());
        ring();
    });
    started.map_err(|_| io::Error::other("there is no thread left to wait for it"))
}

fn panicked() -> io::Error {
    // A child that could not become the program ends, and the kernel reaps it by itself where SIGCHLD is ignored. The standard library
    // does not expect that, and so never tells why the child could not.
    let ignored = sys::disposition(SIGCHLD).is_ok_and(|now| now == Disposition::Ignored);
    io::Error::other(if ignored {
        "SIGCHLD is ignored in this process, so what has kept it from starting is lost"
    } else {
        "the standard library has panicked over it"
    })
}

/// Returns the error with what could not be started: the child's name, and the program where that is something else.
fn cannot_start(error: &io::Error, name: &str, program: &Path) -> io::Error {
    let what = if program == Path::new(name) {
        format!("`{name}`")
    } else {
        format!("`{name}` ({})", program.display())
    };
    io::Error::new(error.kind(), format!("cannot start {what}: {error}"))
}
