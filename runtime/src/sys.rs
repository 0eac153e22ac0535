//! The operating system: the only folder with `unsafe` and with `libc` in it.
//!
//! Everything above it is safe Rust in terms of a few words: a *disposition* and how to
//! change it, an *event* that a signal handler may set and any number of threads may sleep on,
//! a *fence* whose cost is all on the rare side, and the ways to leave the process.
#![allow(
    unsafe_code,
    reason = "the one folder that talks to the system; each block says why it is sound"
)]

#[cfg(feature = "process")]
mod child;
mod event;
mod membarrier;
mod poll;
mod process;
mod sender;
mod seqlock;
mod sigaction;
mod sigaltstack;
pub(crate) mod signum;
mod sigprocmask;
mod stdio;
mod subreaper;

#[cfg(feature = "process")]
pub(crate) use child::{
    ESRCH, KILL, Orders, ProcessEnd, Target, has_ended, send, spawn, wait_for_end,
};
pub(crate) use event::Event;
pub(crate) use membarrier::Fence;
pub use poll::Interest;
pub(crate) use poll::{Descriptor, Source, wait, wait_until_ready};
#[cfg(feature = "process")]
pub(crate) use process::process_id;
pub(crate) use process::{
    at_exit, die_by, exit_now, flush_c_streams, is_home, is_pid_1, main_stack_size, milliseconds,
    remember_home,
};
pub use sender::Sender;
pub(crate) use seqlock::Published;
pub(crate) use sigaction::{Disposition, Registration, disposition, reset_ignored_sigchld};
pub(crate) use sigaltstack::keep_alternate_stack;
pub(crate) use sigprocmask::Blocked;
#[cfg(feature = "process")]
pub(crate) use sigprocmask::block_all_but_faults;
pub(crate) use stdio::{
    Readers, ReadingEnds, replace_lost_streams, stderr_is_terminal, stderr_is_writable, try_stderr,
    write_stderr,
};
pub(crate) use subreaper::{Adoption, reap_orphans};
