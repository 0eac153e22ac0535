//! Windows: a file for each family of its functions.
#![allow(
    clippy::unused_self,
    reason = "what other systems ask of a value, this one may know without"
)]

#[cfg(feature = "process")]
mod child;
mod clock;
mod console;
mod event;
mod exit;
mod fence;
mod handle;
#[cfg(feature = "process")]
mod job;
mod modes;
mod nothing;
mod process;
#[cfg(feature = "process")]
mod ready;
pub(crate) mod signum;
mod socket;
mod stdio;
mod wait;

#[cfg(feature = "process")]
pub(crate) use child::{ProcessEnd, STOPS_ARE_SEEN};
pub(crate) use clock::milliseconds;
pub(crate) use console::{Registration, come_first, disposition, send_again};
pub(crate) use event::Event;
pub(crate) use exit::{at_exit, die_by, end_by_default_action, exit_now};
pub(super) use exit::{flush_all_c_streams, register_with_status};
pub(super) use fence::{fence_all_threads, prepare_to_fence};
#[cfg(feature = "process")]
pub(crate) use job::{Birth, Group, Processes, spawn};
pub(crate) use modes::{FirstModes, restore_modes};
#[cfg(feature = "process")]
pub(crate) use nothing::block_all_but_faults;
pub(crate) use nothing::{
    Adoption, Blocked, Mask, NO_ORPHANS, allow_background_changes, ignore_sigchld,
    keep_alternate_stack, reap_orphans, reset_ignored_sigchld,
};
#[cfg(feature = "systemd")]
pub(crate) use nothing::{NotifySocket, microseconds, take_variables};
pub(super) use process::watch_forks;
pub(crate) use process::{
    Process, in_forked_children, is_cut_off, is_pid_1, main_stack_size, signal_of,
};
#[cfg(feature = "process")]
pub(crate) use ready::{
    ReadyReader, ReadyWriter, keep_to_ourselves, ready_pipe, say_ready, untell,
};
pub(crate) use socket::Descriptor;
pub(crate) use stdio::{
    Readers, ReadingEnds, replace_lost_streams, replace_lost_terminal, stderr_is_terminal,
    stderr_is_writable, stdout_is_writable, try_stderr, write_stderr,
};
pub(crate) use wait::Source;
pub(super) use wait::try_wait;
#[cfg(feature = "tokio")]
pub(crate) use wait::{TOKIO_POLLS_EVENTS, ready_in_tokio};
