//! Programs that stop well.
//!
//! Every long-lived program is asked to stop: by Ctrl-C, by `kill`, by a service manager, by a closed terminal. The
//! request may come while the program starts, in the middle of a commit, or while it is already stopping. With this
//! crate the program answers well at each of these moments:
//!
//! - [`#[app(start, run, stop)]`](macro@app) writes a `main` that installs signal handlers before anything else. It
//!   shields the phases `start` and `stop`, which are never interrupted. A signal that asks the program to stop cancels
//!   the phase `run`. The exit status tells how the program has ended.
//! - [`#[shielded]`](macro@shielded) makes a function that is never cut: not by a signal, not by
//!   cancellation, not by the end of the process.
//!
//! ```no_run
//! use aplomb::{Cancelled, Shutdown, app, shielded};
//! use std::time::Duration;
//! use std::{fs, io};
//!
//! fn start() -> io::Result<Vec<u32>> {
//!     Ok(Vec::new()) // never cut; `stop` gets the state that is made here
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
//! With an `async fn main` the phase `run` is an `async fn`, and `start` and `stop` may be. The app runs on tokio
//! (feature `tokio`), or on any executor that can block on a future. A `run` that does not react to the request can be
//! dropped where it waits: at a further Ctrl-C, after `timeout(run = …)` or `grace`, or when a `deadline` leaves only
//! the time of `stop`. So `stop` runs in these cases, too.
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
//!         // `stop` waits for the transfer. Nobody sees a panic in it, since nobody awaits the task that tokio spawns;
//!         // a transfer that holds a `shutdown.drop_guard()` asks for the shutdown if it panics.
//!         tokio::spawn(transfer(client));
//!     }
//! }
//!
//! #[shielded] // not cut by a signal, nor by `select!`, a timeout, or the end of the runtime
//! async fn transfer(client: TcpStream) {
//!     // both halves of the transfer, or none
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
//! | moving a program that exists: servers, handlers, children, tests | the [recipes](macro@app#moving-a-program) of `#[app]` |
//! | waiting, checking, asking for the end | [`Shutdown`] |
//! | what functions may ask for and return | [`phase`] |
//! | several parts that start in order and stop in reverse | [`component`], [`App::components`] |
//! | regions that are never cut | [`#[shielded]`](macro@shielded), [`shield`] |
//! | giving back what `start` has acquired, after `stop` or where `start` fails | [`Cleanup`] |
//! | something to do on every way out | [`at_exit`] |
//! | children that end with the app | `process`, with the feature of that name |
//! | a service of systemd's | `systemd`, with the feature of that name |
//! | the lines of this library in the log of the program | [`App::report`]; `tracing()`, with the feature of that name |
//! | a part of a larger program | [`App::run`] |
//! | an async app without the attribute | [`App::executor`], [`Executor`] |
//!
//! # Exit status
//!
//! The first of these that applies:
//!
//! 1. Death by SIGINT, if the user has insisted on the end of a `run` that could not be dropped, and has not ended
//!    within one more second, not counting shields; or by the SIGINT that [`force_after`](App::force_after) names. To
//!    insist is to press Ctrl-C once more, 100 ms or more after the signal before.
//! 2. 124, if a deadline has passed.
//! 3. 101, after a panic: in a phase, in another function that the app calls, in a thread or task that holds a
//!    [`DropGuard`], or in a shielded task that nobody awaits.
//! 4. 1, after an `Err` of a phase, of a signal's function or of a [`Cleanup`] step, which is printed; and after the
//!    end of an `essential` child without success. [`Cancelled`], or an error that wraps it, is no `Err` of a phase or
//!    a signal's function after a request.
//! 5. What `run` or `stop` has returned: an [`ExitCode`](std::process::ExitCode) other than success, or the
//!    [`ExitStatus`](std::process::ExitStatus) of a child that has not ended with success: its code, or death by its
//!    signal. Where there is none, the code of [`Shutdown::request_exit`].
//! 6. **Death by the signal** that has stopped the app: the first one, or the SIGINT with which the user has insisted.
//!    [`ExitPolicy`] has other choices. PID 1 cannot die by a signal, and exits with 128 + n.
//! 7. 0.
//!
//! # Threads
//!
//! The thread that calls `main` listens for signals. The phases run on a thread of their own, which is named `main` and
//! has the main thread's stack size. More threads of this library exist only for a purpose: for the `run`s of
//! components, for functions of signals, of `on_request` and of `on_signal`, for children, for waking tasks, for
//! shielded tasks whose runtime has ended, for the check of a watchdog, and, while there is something to say, for
//! writing to standard error. Nothing polls: an idle app is never woken.
//!
//! # Features
//!
//! - **`macros`**, on by default: the two attributes. A program without this feature (`default-features = false`) makes
//!   an [`App`] by hand, which does the same, and holds a [`shield`] in place of the attribute. Neither the attributes
//!   nor `syn` are compiled then.
//! - **`tokio`**: `async fn main` on tokio, [`#[shielded]`](macro@shielded) on an `async fn` that owns its
//!   arguments, and `Shutdown::token`. Without this feature nothing of tokio is compiled, and async apps run on
//!   other executors by `block_on`.
//! - **`process`**: child processes that are a part of the app, of the standard library's commands and of tokio's.
//! - **`systemd`**: telling systemd of the state of a service, and the sockets that it hands on. On other systems than
//!   Linux it does nothing.
//! - **`tracing`**: `aplomb::tracing`, which makes events and spans of the crate `tracing` of what this library says
//!   and does, where an app asks for that (`report = aplomb::tracing`).
//!
//! # On Windows
//!
//! The promises are kept there as well, by other means. This is what a word of this documentation means there:
//!
//! | word | on Windows |
//! |---|---|
//! | SIGINT, SIGTERM, SIGHUP | The three events of a console: Ctrl-C, Ctrl-Break, and its end, as when its window is closed. Windows ends the process 5 s after the last one: a [`deadline`](App::deadline) below that leaves time for `stop`. A logoff and the shutdown of the system are no events; who hears of them in another way, as a service does, calls [`Shutdown::request`]. |
//! | another signal | Does not exist. To name it for an app is a compile error, or an [`Error`] of an app that is made by hand. |
//! | an ignored signal | Ctrl-C that the parent has switched off, as `CREATE_NEW_PROCESS_GROUP` does. The app does not hear of it. |
//! | death by the signal | The end with the status `0xC000013A` (`STATUS_CONTROL_C_EXIT`), by which the system ends programs at each of the three events. |
//! | `exit(3)`, `atexit(3)` | `exit` and `atexit` of the C library. [`std::process::exit`] does not call these there by itself, so the library has it do so: it changes the program's import of `ExitProcess`. Other code that calls `ExitProcess` or `TerminateProcess` itself ends the program at once, as SIGKILL does. |
//! | a descriptor, `AsFd`, `poll(2)` | A handle of an event, `AsHandle`, `WaitForMultipleObjects`; for [`Shutdown::ready`] a socket, `AsSocket`. A wait with a limit may end 16 ms late, which is a tick of the system's clock. |
//! | a process group | A group for the events of the console, and a job object, which what the child starts belongs to as well. |
//! | `/dev/null` | `NUL` |
//! | the modes of a terminal | The modes of the console's input and output. |
//! | `fork(2)`, PID 1, [`reap_orphans`](App::reap_orphans) | Nothing: there is no such thing. An app that is to reap orphans does not begin. |
//!
//! # Limits
//!
//! What a shutdown cannot do, and the way round:
//!
//! | limit | the way round |
//! |---|---|
//! | A thread cannot be cut safely, so code that neither checks nor waits at an interruption point goes on. An interruption point is a method of [`Shutdown`] that the cancellation ends, such as `checkpoint`, `sleep` or `accept`. | [`Shutdown::run_blocking`] leaves a call behind that nothing can end. The `run` of an async app can be dropped, and a child process can be killed. |
//! | A shield lasts until its region ends. What may hang, such as a request to another machine, keeps the process from ending. | Such a call belongs in a thread or a child process of its own, and not in a shield. A [`deadline`](App::deadline) bounds the rest. |
//! | A shield masks its own thread or task. It does not reach the threads of a pool (rayon, `spawn_blocking`). | A shield in each closure that the pool runs. |
//! | [`#[app]`](macro@app) begins a thread before the body of `main` runs. Some things have to be done while there is one thread alone, or before descriptors are open: `fork`, `unshare`, landlock, seccomp, `no_new_privs`, the closing of inherited descriptors. | A plain `main` does these first, and then calls [`App::main`]. |
//! | The phases do not run on the initial thread, which listens. Some libraries, mostly for windows, need that thread. | [`App::run`] on a thread of its own leaves the initial thread to the program; see there. |
//! | A panic in a spawned thread or task that nobody joins goes unnoticed. | It holds a [`drop_guard`](Shutdown::drop_guard). |
//! | With `panic = "abort"` in the profile a panic ends the process at once: neither `stop` nor an exit function runs, and shields are cut. | Leave it out, where a panic is to be survived. |
//! | An exit function runs when the executor of an async app has ended. A value whose end needs that executor comes too late there. | [`Cleanup::push_async`]. |
//! | Before the first signal `println!` panics where the reader of a pipe has ended (`prog \| head -1`), as in any program in Rust. From the request on such output is discarded. | `writeln!`, whose error can be looked at. |
//! | Ctrl-Z stops the program, and not its children, which are in groups of their own. | A function of SIGTSTP that stops the children, and then the program: `on(SIGTSTP = …)`. Or `foreground`, for a child that shares the terminal. |
//! | A child that has become another user's (`sudo`) cannot be killed. | It is named, and not waited for. Have it end at the end of its standard input. |
//! | [`reap_orphans`](App::reap_orphans) reaps processes that others have left behind. Their statuses are told to nobody. | Whoever starts a process and wants its status waits for it. |
//! | Nothing ends the call of a thread that reads a line from a terminal. | [`Shutdown::run_blocking`] leaves it behind. [`App::restore_terminal`] has recipes for prompts and full-screen programs. |
//! | Other code in the process may take a signal of the app's by `sigaction(2)`: a Java virtual machine, Go's `signal.Notify`, the crates `ctrlc` and `rustyline`. | [`App::signals`] lists them with their options. What was taken when `start` has ended is named. |
//! | In a forked child of an app no app can begin, and a phase that forks ends there with an error. | Fork in a plain `main`, before [`App::main`]; or exec in the child. |
//! | The kernel kills the children of an app that is killed, and not theirs (`sh -c` has one). A supervisor that kills by group does not reach a child's own group. | The page `process` says what helps. |
//! | `std::process::exit` ends the app without `stop`, undoes no [`Cleanup`], and waits ten seconds for the shields of others. That is so in a panic hook, too. | [`Shutdown::request_exit`]. [`App::exit_wait`] sets that time. |
//! | Nothing helps where the process has no say: SIGKILL, `abort`, loss of power, and SIGQUIT (Ctrl-\\), which stays the way out that always works. | Data is written so that a cut at any point can be repaired, as `examples/journal` does it. |
// What needs a feature says so in the documentation.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(any(unix, windows)), allow(unused))]
#![cfg_attr(
    not(feature = "macros"),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "the attributes are not there to be linked to"
    )
)]

#[cfg(not(any(unix, windows)))]
compile_error!("aplomb supports Unix systems and Windows so far");

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
mod manager;
mod observe;
pub mod phase;
#[cfg(feature = "process")]
pub mod process;
mod report;
mod shield;
mod shutdown;
pub mod signal;
mod status;
mod stragglers;
mod sync;
mod sys;
#[cfg(feature = "systemd")]
pub mod systemd;
mod ticks;
mod timeline;
#[cfg(feature = "tracing")]
mod tracing;
mod unwind;
mod wake;

#[doc(hidden)]
pub mod __private;

/// The program of the package's README compiles.
#[cfg(all(doctest, feature = "macros"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(feature = "macros")]
pub use aplomb_macros::{app, shielded};

#[cfg(feature = "tracing")]
pub use self::tracing::tracing;
pub use app::{App, Builder};
pub use conductor::{Executor, Limits, Outcome, Phases};
pub use error::{CallbackOutput, Cancelled, Error};
pub use exit::at_exit;
pub use observe::{ChildEvent, Event, EventKind, Reported, Work};
pub use phase::{Absent, Cleanup};
pub use shield::{Shield, ShieldInfo, shield};
pub use shutdown::{
    DrainGuard, DropGuard, Phase, Reason, Request, Shutdown, WaitForCancellation, WaitForPhase,
    WaitForRequest, shutdown,
};
pub use signal::Signal;
pub use status::{ExitPolicy, Status};
pub use sys::Interest;
pub use timeline::{Span, Timeline};
