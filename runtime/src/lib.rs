//! Programs that stop well.
//!
//! Every long-lived program is asked to stop: by Ctrl-C, by `kill`, by a service manager, by a closed
//! terminal; while it starts, in the middle of a commit, while it is already stopping. With this
//! crate the answer is right by construction:
//!
//! - [`#[app(start, run, stop)]`](macro@app) writes a `main` that installs the handlers before anything
//!   else, shields `start` and `stop` from interruption, and turns the signals that came meanwhile
//!   into the cancellation of `run`. The exit status tells the truth.
//! - [`#[shielded]`](macro@shielded) makes a function that is never cut: not by a signal, not by
//!   cancellation, not by the end of the process.
//!
//! ```no_run
//! use aplomb::{Cancelled, Shutdown, app, shielded};
//! use std::time::Duration;
//! use std::{fs, io};
//!
//! fn start() -> io::Result<Vec<u32>> {
//!     Ok(Vec::new()) // never cut: what it makes, `stop` gets
//! }
//!
//! fn run(numbers: &mut Vec<u32>, shutdown: &Shutdown) -> Result<(), Cancelled> {
//!     for number in 0.. {
//!         numbers.push(number);
//!         shutdown.sleep(Duration::from_secs(1))?; // ends at Ctrl-C, SIGTERM, SIGHUP
//!     }
//!     Ok(())
//! }
//!
//! fn stop(numbers: Vec<u32>) -> io::Result<()> {
//!     save(&numbers) // never cut, and called exactly once
//! }
//!
//! #[shielded]
//! fn save(numbers: &[u32]) -> io::Result<()> {
//!     fs::write("numbers.new", format!("{numbers:?}"))?;
//!     fs::rename("numbers.new", "numbers")
//! }
//!
//! #[app(start, run, stop)]
//! fn main() {}
//! ```
//!
//! # Async
//!
//! With an `async fn main` `run` is an `async fn`, and `start` and `stop` may be, on tokio (feature `tokio`) or any executor that can
//! block on a future. The request is awaited, and a `run` that does not listen can be dropped where it waits, so that `stop`
//! runs even when the user insists.
//!
//! ```no_run
//! # #[cfg(feature = "tokio")] mod example {
//! use aplomb::{Shutdown, app, shielded};
//! use std::io;
//! use tokio::net::{TcpListener, TcpStream};
//!
//! async fn start() -> io::Result<TcpListener> {
//!     TcpListener::bind("127.0.0.1:8080").await
//! }
//!
//! async fn run(listener: &TcpListener, shutdown: &Shutdown) -> io::Result<()> {
//!     loop {
//!         let (client, _) = shutdown.run_until_cancelled(listener.accept()).await??;
//!         // `stop` waits for it. A panic in it ends at the task that awaits it, which is this one: where that
//!         // must not pass unnoticed, let it hold a `shutdown.drop_guard()`.
//!         tokio::spawn(transfer(client));
//!     }
//! }
//!
//! #[shielded] // neither a signal cuts it, nor `select!`, a timeout, or the end of the runtime
//! async fn transfer(client: TcpStream) {
//!     // both halves of it, or none
//! #   let _ = client;
//! }
//!
//! #[app(start, run)]
//! async fn main() {}
//! # }
//! ```
//!
//! # Where to go on
//!
//! | for | see |
//! |---|---|
//! | the phases and their options | [`#[app]`](macro@app), or [`App`] without the attribute |
//! | waiting, checking, asking for the end | [`Shutdown`] |
//! | what functions may ask for and return | [`phase`] |
//! | several parts that start in order and stop in reverse | [`component`], [`App::components`] |
//! | regions that are never cut | [`#[shielded]`](macro@shielded), [`shield`] |
//! | giving back what a failed `start` has acquired | [`Cleanup`] |
//! | something to do on every way out | [`at_exit`] |
//! | children that end with the app | `process`, with the feature of that name |
//! | a part of a larger program | [`App::run`] |
//! | an async app without the attribute | [`App::executor`], [`Executor`] |
//!
//! # Exit status
//!
//! The first that applies: death by SIGINT, if the user has insisted on the end of a `run` that does not
//! end; 124, if a deadline has passed; 101 for a panic; 1 for an `Err` of a phase or a signal's function, which
//! is printed; the [`ExitCode`](std::process::ExitCode) of a phase, or that of [`Shutdown::request_exit`]; **death
//! by the signal** that the app was stopped by; 0. An `Err` that is [`Cancelled`], or wraps it, is none.
//!
//! # Threads
//!
//! The thread that calls `main` listens for signals; the phases run on one of their own, named
//! `main`, with the main thread's stack size. There is no other, unless you ask for callbacks or children, or await the
//! cancellation: one wakes tasks then, as in every async app. While there is something to say on standard error, one writes
//! it. Nothing polls: an idle app is never woken.
//!
//! # Features
//!
//! - **`macros`**, on by default: the two attributes. Who goes without (`default-features = false`) writes [`App`] by hand, which
//!   does the same, holds a [`shield`] in place of the attribute, and compiles neither the attributes nor `syn`.
//! - **`tokio`**: `async fn main` on tokio, [`#[shielded]`](macro@shielded) on an `async fn` that owns its
//!   arguments, and `Shutdown::token`. Without it nothing of tokio is compiled; async apps run on
//!   other executors by `block_on`.
//! - **`process`**: child processes that are a part of the app, of the standard library's commands and of tokio's.
//!
//! # What it does not do
//!
//! It does not interrupt code that neither checks nor waits at an interruption point; threads cannot
//! be cut safely. It cannot help where the process has no say: SIGKILL, `abort`, loss of power, and
//! SIGQUIT, which stays the way out that always works. With `panic = "abort"` a panic is the end,
//! shields or not. `println!` into a pipe whose reader has ended panics, as in any program, until the
//! shutdown is requested; from then on it goes nowhere.
#![cfg_attr(not(unix), allow(unused))]
#![cfg_attr(
    not(feature = "macros"),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "the attributes are not there to be linked to"
    )
)]

#[cfg(not(unix))]
compile_error!("aplomb supports Unix systems so far");

// The attributes write `::aplomb`, in this crate's own examples too.
extern crate self as aplomb;

mod app;
mod children;
pub mod component;
mod conductor;
mod error;
mod events;
mod exit;
mod lifecycle;
pub mod phase;
#[cfg(feature = "process")]
pub mod process;
mod report;
mod shield;
mod shutdown;
pub mod signal;
mod status;
mod sync;
mod sys;
mod unwind;
mod wake;

#[doc(hidden)]
pub mod __private;

#[cfg(feature = "macros")]
pub use aplomb_macros::{app, shielded};

pub use app::App;
pub use conductor::{Executor, Outcome, Phases};
pub use error::{CallbackOutput, Cancelled, Error};
pub use exit::at_exit;
pub use phase::{Absent, Cleanup};
pub use shield::{Shield, ShieldInfo, shield};
pub use shutdown::{DropGuard, Reason, Request, Shutdown, WaitForCancellation, shutdown};
pub use signal::Signal;
pub use status::{ExitPolicy, Status};
pub use sys::Interest;
