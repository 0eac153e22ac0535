//! The operating system: the only folder with `unsafe` and with `libc` in it.
//!
//! Everything above it is safe Rust in terms of a few words: a *disposition* and how to
//! change it, an *event* that a signal handler may set and any number of threads may sleep on,
//! a *fence* whose cost is all on the rare side, and the ways to leave the process.
#![allow(
    unsafe_code,
    reason = "the one folder that talks to the system; each block says why it is sound"
)]

mod alternate;
#[cfg(feature = "process")]
mod child;
mod dispositions;
mod event;
mod fence;
mod handler;
mod orphans;
mod process;
mod published;
mod registration;
mod streams;
mod wait;

pub(crate) use alternate::keep_alternate_stack;
#[cfg(feature = "process")]
pub(crate) use child::{
    ESRCH, KILL, Orders, Target, has_ended, open_pidfd, send, spawn, wait_for_end,
};
#[cfg(feature = "process")]
pub(crate) use dispositions::block_all_but_faults;
pub(crate) use dispositions::{Blocked, Disposition, disposition, reset_ignored_sigchld};
pub(crate) use event::Event;
pub(crate) use fence::Fence;
pub(crate) use handler::{Inbox, MAX_SHUTDOWN_SIGNALS, Role};
pub(crate) use orphans::{Adoption, reap_orphans};
#[cfg(feature = "process")]
pub(crate) use process::process_id;
pub(crate) use process::{
    at_exit, die_by, exit_now, flush_c_streams, is_home, is_pid_1, main_stack_size, milliseconds,
    remember_home,
};
pub(crate) use published::Published;
pub(crate) use registration::Registration;
pub(crate) use streams::{
    Readers, replace_lost_streams, stderr_is_terminal, stderr_is_writable, try_stderr, write_stderr,
};
pub use wait::Interest;
#[cfg(feature = "process")]
pub(crate) use wait::doze_on_any;
pub(crate) use wait::{Ready, doze, sleep_on, wait_for};
