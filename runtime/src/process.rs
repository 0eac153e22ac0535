//! Child processes that are part of an app: started clean, asked to end in time, never left behind.
//!
//! [`spawn`] starts a [`Command`](std::process::Command), or tokio's where the feature `tokio` is on. The child
//!
//! - has **no signal blocked**;
//! - is in a **process group of its own**: the terminal's Ctrl-C reaches the app and not the child, and the app asks
//!   the child to end when the time has come. [`foreground`](SpawnOptions::foreground) leaves the child in the app's
//!   group, for editors and pagers. No key hits the child before it has left the app's group, either: until its program
//!   begins, a child takes no signals but those that report a fault. Your own steps before that, of
//!   [`pre_exec`](std::os::unix::process::CommandExt::pre_exec), run under this mask, too;
//! - **ends with this process**, also where that is killed by SIGKILL (on Linux; see [below](#the-parents-death));
//! - is **reaped as soon as it ends**, on Linux without a thread of its own; its status is kept. (A child that somebody
//!   has waited for, for a second, has a thread that notices [that it is stopped](#ready-and-stopped).)
//! - is **ended by the exit** at the latest, after `stop`: asked to end, waited for, and killed if it does not end.
//!
//! ```no_run
//! use aplomb::{Shutdown, process};
//! use std::{io, process::Command};
//!
//! fn run() -> Result<(), Box<dyn std::error::Error>> {
//!     let server = process::spawn(Command::new("python3").args(["-m", "http.server"]))?;
//!     let status = server.wait()??; // an interruption point: `Err(Cancelled)` at the cancellation
//!     println!("the server has ended: {status}");
//!     Ok(())
//! } // and if it has not ended by then, the exit of the app ends it
//! ```
//!
//! # At the shutdown
//!
//! A child goes on until the program [stops](ChildHandle::stop) it, or until the exit, unless its [`SpawnOptions`] say
//! otherwise. With [`OnShutdown::AtCancel`] the child is asked to end when `run` is cancelled. With
//! [`OnShutdown::AtRequest`] it is asked already when the shutdown is requested, before a drain has passed. What asks
//! it is its [`StopSignal`]: SIGTERM, another signal, or the end of its standard input. A child that does not end
//! within its [`grace`](SpawnOptions::grace) is killed, with its whole group; earlier, where a deadline of the app
//! leaves less time.
//!
//! **A child that is started inside a shield is not interrupted** as long as that shield is held: if it has not ended
//! by then, it is asked to end when the shield has ended. So a tool that a shielded function starts and waits for is
//! never asked, and a worker that `start` has started is asked when `run` is cancelled.
//!
//! # Waiting
//!
//! [`wait`](ChildHandle::wait) and [`status`] are interruption points: outside of shields they end at the cancellation.
//! So are [`wait_any`], which waits for several children on one thread, and the ways to wait for a time:
//! [`wait_timeout`](ChildHandle::wait_timeout), [`wait_any_timeout`]. In tasks, await
//! [`wait_async`](ChildHandle::wait_async) or [`status_async`], in
//! [`run_until_cancelled`](crate::Shutdown::run_until_cancelled), with the timers of the runtime.
//!
//! A [`ChildHandle`] is for those who wait for a child, or end it, on other threads: it can be cloned, and has no
//! streams.
//!
//! # Ready, and stopped
//!
//! A server takes a moment until it serves. With [`ready_within`](SpawnOptions::ready_within) a start waits until the
//! child says that it is ready, by [`ready`] or by one line of a shell.
//!
//! A child that is stopped (SIGSTOP, or SIGTTIN and SIGTTOU of the terminal) does not end. If somebody has waited for
//! it for a second, and it was stopped for a second, a line on standard error names it, and tells what lets it go on.
//! On Linux, since 5.4.
//!
//! # The parent's death
//!
//! On Linux and Android the kernel sends every child SIGKILL when this process is gone (`PR_SET_PDEATHSIG`, set from a
//! thread that lives as long as the process does, since the kernel means the thread that forks), and on FreeBSD as well
//! (`PROC_PDEATHSIG_CTL`). A child that is set-user-ID, set-group-ID or has capabilities of its file loses that
//! (`prctl(2)`), and the children of a child never have it. On other systems nothing of the kind is set. What works
//! everywhere is a child that reads its standard input to the end: with [`StopSignal::EndOfInput`] the input is a pipe
//! whose other end is this process, and ends with it.
//!
//! So a child of a child, such as that of `sh -c`, may live on when this process is killed by SIGKILL. A supervisor
//! that kills this process by its group does not reach it either, since a child is in a group of its own. What helps:
//!
//! - a [`grace`](SpawnOptions::grace) and a [`timeout_stop`](crate::App::timeout_stop) that are shorter together than
//!   the supervisor's patience: then this process has ended its children, with their groups, before it is killed;
//! - a supervisor that kills by cgroup, as systemd (`KillMode=control-group`) and container runtimes do;
//! - [`foreground`](SpawnOptions::foreground), by which the child stays in this process's group;
//! - `exec` in `sh -c "exec server"`, by which the child is the server itself.
//!
//! # Steps that never end
//!
//! A program's own steps of [`pre_exec`](std::os::unix::process::CommandExt::pre_exec) may wait for something that
//! never comes. The kernel kills a child that is in such a step when this process is gone, unless the step has made it
//! another user's; the exit, and a deadline, kill it with the group that it leads by then. A start that has lasted for
//! a second is an interruption point, and other starts wait for it no longer than that.
//!
//! # On Windows
//!
//! A child and all that it starts are a *job*, which no process leaves: what is said here of a group holds for that.
//!
//! - The system ends the job when this process is gone, however that ends, unless the child [outlives
//!   us](SpawnOptions::outlives_us). What a child leaves behind that has ended without having been asked to goes on.
//! - SIGTERM is Ctrl-Break there, for the child's process group. A program that does not handle it is ended by it. It
//!   reaches children that share the console of this process. Where there is none, as in a service or behind
//!   `CREATE_NO_WINDOW`, or the child has another one, only the [end of its input](StopSignal::EndOfInput) tells the
//!   child, or it is killed when its grace is over. No other signal can be sent: Ctrl-C is for all processes of a
//!   console. So another one as the stop signal keeps the child from being started, and [`signal`](ChildHandle::signal)
//!   returns an error, both of the kind [`Unsupported`](io::ErrorKind::Unsupported).
//! - [`foreground`](SpawnOptions::foreground) leaves the child in our process group, so Ctrl-C reaches it as it reaches
//!   this process. It cannot be sent Ctrl-Break.
//! - A child that was killed has the exit code 137.
//! - A child says that it is [ready](SpawnOptions::ready_within) by [`ready`], or by setting the event that is named in
//!   `APLOMB_READY_EVENT`. That it never will is seen when it ends, or the time is up.
//! - `SpawnOptions::creation_flags` takes the flags of `CreateProcessW`. Those of the command itself do not count.
//! - Processes are not stopped, and there are no steps of the program's own before a child's program begins.
//! - Where this process is a member of a job that ends it, children that outlive us end with that job, too, unless they
//!   are started with `CREATE_BREAKAWAY_FROM_JOB`, which that job has to allow.
//! - A child begins suspended, and runs when it is in its job. Should this process be ended by force between the two,
//!   it stays suspended.
//!
//! # Limits
//!
//! A thread of ours forks for all threads, or another one where that one is busy. What is a thread's own, a child has
//! from that one and not from the caller: the nice value, the processors that it may run on, `no_new_privs`, seccomp
//! filters, namespaces. Ignored signals are inherited, as by any exec.
//!
//! Children that are started in other ways, by [`Command::spawn`](std::process::Command::spawn) or a library, are none
//! of this module's business: it signals and reaps none of them. The one exception is asked for: see
//! [`App::reap_orphans`](crate::App::reap_orphans).

// Which file stands on which: each one uses only files of the lines below its own.
//
//   spawn, end         start a child, a command in and a `Child` out; and end all of them, for the way out
//   child              `Child`: what the program gets, with the streams
//   handle             `ChildHandle` and `WaitFuture`: what the program does with a child; waiting for several
//   answer             waiting for what comes of a start
//   supervisor         the threads: one forks, or several, another one looks after those that live
//   under_way          a child that is being started, which nobody knows yet
//   managed            what is known of a child, how far it is on its way to the end, and what is done for it there
//   member, origin     who is left of a child's group; the app that a child was started in
//   readiness, stopped whether a child is ready that is to say so; that one is stopped which is waited for
//   command, options   what a child can be started from; how it is started, and how it is asked to end

mod answer;
mod child;
mod command;
mod end;
mod handle;
mod managed;
mod member;
mod options;
mod origin;
mod readiness;
mod spawn;
mod stopped;
mod supervisor;
mod under_way;

pub use child::Child;
pub use command::{IntoCommand, SpawnedChild};
pub use handle::{ChildHandle, WaitFuture, wait_any, wait_any_timeout};
pub use options::{OnShutdown, SpawnOptions, StopSignal};
pub use readiness::NotReady;

pub(crate) use end::{
    are_there, deadlines_have_changed, end_all, end_for_good, kill_all, stragglers,
};
pub(crate) use origin::set_time_left;

use std::io;
use std::process::ExitStatus;

use crate::error::Cancelled;
use crate::sys;

/// Starts a child with the default [options](SpawnOptions::new).
///
/// This blocks until the program has begun, or could not: as long as fork and exec take, in a task too. Where that
/// takes a second, because of steps of your own between the two, it is an interruption point from then on.
///
/// The command may be handed over, or lent: the methods of a command return a reference to it, which is enough. A
/// command that was lent stays usable, also to be started in other ways. Only its standard input stays a pipe, if the
/// end of that is the [stop signal](StopSignal::EndOfInput).
///
/// A command may be started any number of times. Each start leaves a step in the command, as
/// [`pre_exec`](std::os::unix::process::CommandExt::pre_exec) does, which the standard library cannot remove: some
/// fifty bytes, and one comparison at each later start. Where that is too much, after some ten thousand starts, make
/// the command anew.
///
/// ```ignore-windows
/// use aplomb::process;
/// use std::process::Command;
///
/// let child = process::spawn(Command::new("true"))?;
/// assert!(child.wait()?.unwrap().success());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of starting the program; they name it. Also when there is no descriptor or no thread left to watch the child
/// with: then it does not run. And when the exit functions have run: nothing is started any more. At the cancellation
/// an error that holds [`Cancelled`], which is no failure of a phase that returns it: the child was killed.
pub fn spawn<C: IntoCommand>(command: C) -> io::Result<Child<C::Command>> {
    SpawnOptions::new().spawn(command)
}

/// Says that this process is ready, if it was started by somebody who waits for that:
/// [`SpawnOptions::ready_within`]. Otherwise, and from the second call on, nothing happens.
///
/// This works in any program, with or without an app, on any thread. It closes the descriptor, and leaves the variables
/// in the environment, which a program with threads cannot change safely; a process that inherits these variables and
/// not the descriptor says nothing.
///
/// ```
/// use aplomb::process;
///
/// # fn bind() {}
/// bind();
/// process::ready();
/// ```
pub fn ready() {
    sys::say_ready();
}

/// Starts a child and waits for its end. This is an interruption point: at the cancellation the child is asked to end,
/// and killed if it does not. When it has ended this returns `Err(Cancelled)`.
///
/// Inside a shield the child is waited for to its end, whatever is requested: the tool that a build runs.
///
/// ```ignore-windows
/// use aplomb::process;
/// use std::process::Command;
///
/// let status = process::status(Command::new("sh").args(["-c", "exit 7"]))?.unwrap();
/// assert_eq!(status.code(), Some(7));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// The outer ones are those of [`spawn`] and [`wait`](ChildHandle::wait); the inner one is [`Cancelled`].
pub fn status<C: IntoCommand>(command: C) -> io::Result<Result<ExitStatus, Cancelled>> {
    let child = spawn(command)?;
    let waited = child.wait();
    if !matches!(waited, Ok(Ok(_))) {
        child.stop()?;
    }
    waited
}

/// Starts a child and waits for its end in a task, on any executor. To drop the future asks the child to end, and has
/// it killed if it does not.
///
/// ```no_run
/// # use aplomb::{Shutdown, process};
/// # use std::process::Command;
/// # async fn example(shutdown: &Shutdown) -> Result<(), Box<dyn std::error::Error>> {
/// let mut rsync = Command::new("rsync");
/// let status = process::status_async(rsync.args(["-a", "here/", "there"]));
/// let status = shutdown.run_until_cancelled(status).await??;
/// # let _ = status;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Those of [`spawn`] and [`wait_async`](ChildHandle::wait_async).
pub async fn status_async<C: IntoCommand>(command: C) -> io::Result<ExitStatus> {
    let child = TerminateOnDrop(spawn(command)?.handle());
    child.0.wait_async().await
}

/// Asks its child to end when it is dropped. For a child that has ended, nothing happens.
struct TerminateOnDrop(ChildHandle);

impl Drop for TerminateOnDrop {
    fn drop(&mut self) {
        self.0.terminate();
    }
}
