//! Child processes that are part of an app: started clean, told to end in time, never left behind.
//!
//! [`spawn`] starts a [`Command`](std::process::Command), or tokio's where the feature `tokio` is on, as a child that
//!
//! - has **no signal blocked**;
//! - is in a **process group of its own**, so that the terminal's Ctrl-C reaches the app and not the child, which the
//!   app tells when the time has come; [`foreground`](SpawnOptions::foreground) leaves it in the app's, for editors
//!   and pagers. No key hits it before it has left the app's group, either: until its program begins, a child takes no signals
//!   but those that report a fault. Your own steps before that, of
//!   [`pre_exec`](std::os::unix::process::CommandExt::pre_exec), run under this mask, too;
//! - **ends with this process**, also where that is killed by SIGKILL (on Linux; see [below](#the-parents-death));
//! - is **reaped as soon as it ends**, on Linux without a thread of its own; its status is kept;
//! - is **ended by the exit** at the latest, after `stop`: told, waited for, and killed if it does not end.
//!
//! ```no_run
//! use aplomb::{Shutdown, process};
//! use std::{io, process::Command};
//!
//! fn run() -> Result<(), Box<dyn std::error::Error>> {
//!     let server = process::spawn(Command::new("python3").args(["-m", "http.server"]))?;
//!     let status = server.wait()??; // an interruption point: `Err(Cancelled)` at the request
//!     println!("the server has ended: {status}");
//!     Ok(())
//! } // and if it has not ended by then, the exit of the app ends it
//! ```
//!
//! # At the request
//!
//! A child is left alone unless its [`SpawnOptions`] say otherwise: it goes on until the program
//! [stops](Child::stop) it, or until the exit. With [`OnShutdown::AtCancel`] it is told when `run` is cancelled, with
//! [`OnShutdown::AtRequest`] already when the shutdown is requested, before a drain has passed. It is told by SIGTERM, by
//! another signal, or by the end of its standard input: [`StopSignal`]. Who does not end within its
//! [`grace`](SpawnOptions::grace) is killed, with its whole group; earlier, where a deadline of the app leaves less
//! time.
//!
//! **A child that is started inside a shield is not interrupted** as long as that shield is held: it is told when the
//! shield has ended, if it has not ended by then. So a tool that a shielded function starts and waits for is never told, and a
//! worker that `start` has started is told when `run` is cancelled.
//!
//! # Waiting
//!
//! [`Child::wait`] and [`status`] are interruption points: outside of shields they end at the request. In tasks, await
//! [`Child::wait_async`] or [`status_async`], in [`run_until_cancelled`](crate::Shutdown::run_until_cancelled).
//!
//! # The parent's death
//!
//! On Linux and Android the kernel sends every child SIGKILL when this process is gone (`PR_SET_PDEATHSIG`, set from a
//! thread that lives as long as the process does, since the kernel means the thread that forks). A child that is set-user-ID,
//! set-group-ID or has capabilities of its file loses that (`prctl(2)`), and the children of a child never have it. Elsewhere
//! nothing of the kind is set. What works everywhere is a child that reads its standard input to the end: with
//! [`StopSignal::EndOfInput`] it is a pipe whose other end is this process, and ends with it.
//!
//! # What it is not
//!
//! A thread of ours forks for all. What is a thread's own a child has from that one and not from the caller: the nice
//! value, the processors that it may run on, `no_new_privs`, seccomp filters, namespaces. Ignored signals are inherited, as ever.
//!
//! Children that are started in other ways, by [`Command::spawn`](std::process::Command::spawn) or a library, are none of
//! this module's business: it signals and reaps none of them. The one exception is asked for: see
//! [`App::reap_orphans`](crate::App::reap_orphans).

mod child;
mod command;
mod end;
mod groups;
mod managed;
mod options;
mod origin;
mod spawn;
mod state;
mod supervisor;

pub use child::{Child, WaitFuture};
pub use command::{IntoCommand, SpawnedChild};
pub use options::{OnShutdown, SpawnOptions, StopSignal};

pub(crate) use end::{deadlines_have_changed, end_all, end_for_good, kill_all};
pub(crate) use origin::set_time_left;

use std::io;
use std::process::ExitStatus;

use crate::error::Cancelled;

/// Starts a child, with the [options](SpawnOptions) that it has where none are given.
///
/// It blocks until the program has begun, or could not: as long as fork and exec take, in a task too.
///
/// The command may be handed over, or lent, as its methods do; it stays usable then, also to be started in other ways. Only its
/// standard input stays a pipe, if it was one to [tell](StopSignal::EndOfInput) by.
///
/// A command may be started any number of times. Each start leaves a step in it, as
/// [`pre_exec`](std::os::unix::process::CommandExt::pre_exec) does, which the standard library cannot remove: some fifty bytes, and
/// one comparison at each later start. Where that is too much, after some ten thousand starts, make the command anew.
///
/// ```
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
/// Those of starting it; they name the program. Also when there is no descriptor or no thread left to watch it with; then
/// it does not run. And when the exit functions have run: nothing is started any more.
pub fn spawn<C: IntoCommand>(command: C) -> io::Result<Child<C::Command>> {
    SpawnOptions::new().spawn(command)
}

/// Starts a child and waits for its end. An interruption point: at the request the child is told to end, and killed if it
/// does not; what it returns then is `Err(Cancelled)`, when the child has ended.
///
/// Inside a shield it is waited for to its end, whatever is requested: the tool that a build runs.
///
/// ```
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
/// The outer ones are those of [`spawn`] and [`Child::wait`]; the inner one is [`Cancelled`].
pub fn status<C: IntoCommand>(command: C) -> io::Result<Result<ExitStatus, Cancelled>> {
    let child = spawn(command)?;
    let waited = child.wait();
    if !matches!(waited, Ok(Ok(_))) {
        child.stop()?;
    }
    waited
}

/// The same for tasks, on any executor: a future that ends with the child. Dropping it tells the child to end, and has it killed
/// if it does not.
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
/// Those of [`spawn`] and [`Child::wait_async`].
pub async fn status_async<C: IntoCommand>(command: C) -> io::Result<ExitStatus> {
    let child = Told(spawn(command)?);
    child.0.wait_async().await
}

/// Tells its child to end when it is dropped. One that has ended hears nothing.
struct Told<P: SpawnedChild>(Child<P>);

impl<P: SpawnedChild> Drop for Told<P> {
    fn drop(&mut self) {
        self.0.terminate();
    }
}
