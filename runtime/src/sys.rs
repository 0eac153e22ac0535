//! The operating system: the only folder with `unsafe`, `libc` and `windows-sys` in it.
//!
//! Everything above is safe Rust in terms of a few words that another system can have, too:
//!
//! - signals: their [numbers](signum), the [`Disposition`] of each, and the [`Registration`] of a handler that is told
//!   the [`Sender`];
//! - an [`Event`], which a signal handler may set and any number of threads may sleep on by [`wait`](fn@wait) and
//!   [`wait_until_ready`], as on every other [`Source`];
//! - a [`Fence`] whose cost is all on the rare side, and a [`Published`] place in the source;
//! - a [`Process`], which no forked child of it is equal to, and a value that is made anew [`PerProcess`];
//! - the ways to leave the process, the streams that it writes to, and the modes of its terminal;
//! - a service manager: the variables, the socket and the descriptors that a service has from it;
//! - children: how they begin, how they say that they are ready, and a [`Source`] that is ready when they have ended.
//!
//! Nothing above names a descriptor, but for the public ways to give and take one: `AsFd` of the handles (`AsHandle`),
//! and a [`Descriptor`] of the user's to wait for. Nothing here knows what is above. What systems have in common is in
//! this folder itself; `unix/` and `windows/` give the rest.
#![allow(
    unsafe_code,
    reason = "the one folder that talks to the system; each block says why it is sound"
)]

mod at_exit;
#[cfg(feature = "process")]
mod child_state;
mod closed;
mod code;
mod disposition;
mod event;
mod fence;
mod flush;
mod interest;
#[cfg(feature = "process")]
mod orders;
mod per_process;
#[cfg(feature = "process")]
mod said;
mod sender;
mod seqlock;
#[cfg(test)]
mod tests;
#[cfg(unix)]
mod unix;
mod wait;
#[cfg(windows)]
mod windows;

// What is said of signals that Windows does not have is tried on every system.
#[cfg(all(test, not(windows)))]
#[path = "sys/windows/signum.rs"]
#[allow(dead_code, reason = "the table asks its own system")]
pub(crate) mod signum_of_windows;
#[cfg(all(test, windows))]
pub(crate) use windows::signum as signum_of_windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

// Each system gives all of these names. What is not here is known to nobody above.
#[cfg(all(feature = "systemd", unix))]
pub(crate) use system::take_inherited;
pub(crate) use system::{
    Adoption, Blocked, Descriptor, Event, FirstModes, Mask, NO_ORPHANS, Process, Readers,
    ReadingEnds, Registration, Source, allow_background_changes, at_exit, come_first, die_by,
    disposition, end_by_default_action, exit_now, ignore_sigchld, in_forked_children, is_cut_off,
    is_pid_1, keep_alternate_stack, main_stack_size, milliseconds, reap_orphans,
    replace_lost_streams, replace_lost_terminal, reset_ignored_sigchld, restore_modes, send_again,
    signal_of, signum, stderr_is_terminal, stderr_is_writable, stdout_is_writable, try_stderr,
    write_stderr,
};
#[cfg(feature = "process")]
pub(crate) use system::{
    Birth, Group, ProcessEnd, Processes, ReadyReader, ReadyWriter, STOPS_ARE_SEEN,
    block_all_but_faults, keep_to_ourselves, ready_pipe, say_ready, spawn, untell,
};
#[cfg(feature = "systemd")]
pub(crate) use system::{NotifySocket, microseconds, take_variables};
#[cfg(feature = "tokio")]
pub(crate) use system::{TOKIO_POLLS_EVENTS, ready_in_tokio};

pub(crate) use at_exit::{at_exit_once, at_exit_with_status};
#[cfg(feature = "process")]
pub(crate) use child_state::{Change, ChildState};
pub(crate) use closed::{ends_for_closed_descriptor, note_closed_descriptor, on_closed_descriptor};
pub(crate) use code::code_of;
pub(crate) use disposition::Disposition;
pub(crate) use fence::Fence;
pub(crate) use flush::{flush_c_streams, flush_stdout};
pub use interest::Interest;
#[cfg(feature = "process")]
pub(crate) use orders::Orders;
pub(crate) use per_process::PerProcess;
#[cfg(feature = "process")]
pub(crate) use said::Said;
pub use sender::Sender;
pub(crate) use seqlock::Published;
pub(crate) use wait::{wait, wait_until_ready};
