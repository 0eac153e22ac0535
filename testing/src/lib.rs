//! Tests of programs that are to stop gracefully, driven from outside: real processes that get real signals.
//!
//! A test starts a program, waits until it has printed what it is to print, sends it signals or types on its terminal,
//! waits for its end, and checks how it ended and what it has left behind.
//!
//! ```
//! # #[cfg(unix)] {
//! use aplomb_testing::{Command, Signal};
//!
//! // A program of your own would be `env!("CARGO_BIN_EXE_name")`.
//! let server = "trap 'echo stopping; exit 3' TERM; echo ready; while read -r line; do :; done";
//! let mut server = Command::new("sh").args(["-c", server]).spawn();
//!
//! server.expect("ready");
//! server.send_signal(Signal::SIGTERM);
//! server.expect("stopping");
//!
//! server
//!     .wait()
//!     .assert_code(3)
//!     .assert_stdout(&["ready", "stopping"])
//!     .assert_no_stderr();
//! # }
//! ```
//!
//! - [`Command`] says what is started and how: in which group or session, with which signals blocked or ignored, with
//!   which streams. It is started in the usual way, on a terminal of its own, or as PID 1.
//! - [`Child`] is the program while it runs. Its lines are awaited ([`expect`](Child::expect)), and it gets lines and
//!   signals.
//! - [`Output`] is what is there when it has ended: the exit status and all lines. Its checks can be chained.
//! - `Terminal` is the other side of a terminal, where keys are typed and the screen is read.
//! - `Process` and `Session` are the kernel's view: threads, signal masks, open descriptors, zombies, and the
//!   processes that a program has left behind.
//! - [`wait_until`], `assert_idle` and [`assert_best_of`] are about time.
//!
//! # No sleeping
//!
//! A test that sleeps "until the program is ready" is slow, and fails on a busy machine. Here a test waits for a line
//! that the program prints, or with [`wait_until`] for what can only be looked at. Every wait has a limit
//! ([`Command::timeout`]), past which the test fails.
//!
//! # Failures
//!
//! What goes wrong is a panic, as everywhere in tests. The message holds the last lines that the program has printed.
//! A [`Child`] that is dropped is killed, so a test that fails leaves no process behind.
//!
//! # Systems
//!
//! [`Command`], [`Child`] and [`Output`] are there on Unix and on Windows. On Unix a program gets signals; on Windows
//! it has a console of its own, and a [`Signal`] is an event of that console, which a helper program sends
//! (`console_helper`). `Terminal`, `Session` and `Process` are there on Unix; namespaces, threads, and signal masks of
//! others on Linux alone. Some functions start small tools, which nearly every system has: `cat`, `sh`, `ps` where
//! there is no `/proc`, and `unshare` of util-linux.

mod child;
mod command;
#[cfg(unix)]
mod linux;
mod output;
mod sink;
mod stream;
mod time;
mod transcript;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub use child::Child;
pub use command::Command;
#[cfg(unix)]
pub use linux::{Capability, SignalField, SignalSet, Thread, Without, assert_idle};
#[cfg(unix)]
pub use nix::errno::Errno;
#[cfg(unix)]
pub use nix::sys::signal::Signal;
#[cfg(unix)]
pub use nix::unistd::Pid;
pub use output::Output;
pub use sink::Sink;
pub use stream::Stream;
pub use time::{DEFAULT_TIMEOUT, assert_best_of, wait_until};
#[cfg(unix)]
pub use unix::{Modes, Process, ProcessStat, Session, Terminal, default_signals};
#[cfg(windows)]
pub use windows::{Capability, Signal, console_helper, wait_for};
