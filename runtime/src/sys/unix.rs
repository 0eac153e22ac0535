//! Unix, as POSIX has it: a file for each page of the manual, or for the type in it. Each file says which systems do
//! without.
//!
//! What Linux alone has is in `linux/`, and what there is elsewhere in its place in `posix/`. One of the two is the
//! [`kernel`]. With `--cfg aplomb_portable` that is `posix` on Linux as well, so that its code can be tried there.

#[cfg(feature = "tokio")]
mod async_fd;
mod atfork;
#[cfg(feature = "process")]
mod child;
mod clock;
mod event;
mod exit;
mod fcntl;
#[cfg(feature = "process")]
mod fork;
#[cfg(feature = "process")]
mod group;
mod pipe;
mod pipe2;
mod poll;
mod process;
#[cfg(feature = "process")]
mod ready;
mod sigaction;
mod sigaltstack;
mod siginfo;
pub(crate) mod signum;
mod sigprocmask;
mod stdio;
mod termios;

#[cfg(all(any(target_os = "linux", target_os = "android"), not(aplomb_portable)))]
mod linux;
#[cfg(all(any(target_os = "linux", target_os = "android"), not(aplomb_portable)))]
use linux as kernel;
#[cfg(any(aplomb_portable, not(any(target_os = "linux", target_os = "android"))))]
mod posix;
#[cfg(any(aplomb_portable, not(any(target_os = "linux", target_os = "android"))))]
use posix as kernel;

#[cfg(feature = "tokio")]
pub(crate) use async_fd::{TOKIO_POLLS_EVENTS, ready_in_tokio};
pub(super) use atfork::watch_forks;
pub(crate) use atfork::{Process, in_forked_children, is_cut_off};
#[cfg(feature = "systemd")]
pub(crate) use clock::microseconds;
pub(crate) use clock::milliseconds;
pub(crate) use event::Event;
pub(crate) use exit::{at_exit, die_by, end_by_default_action, exit_now};
pub(super) use exit::{flush_all_c_streams, register_with_status};
#[cfg(feature = "process")]
pub(crate) use fork::{Birth, spawn};
#[cfg(feature = "process")]
pub(crate) use group::{Group, Processes};
pub(crate) use kernel::{Adoption, reap_orphans};
#[cfg(feature = "systemd")]
pub(crate) use kernel::{NotifySocket, take_inherited, take_variables};
#[cfg(feature = "process")]
pub(crate) use kernel::{ProcessEnd, STOPS_ARE_SEEN};
pub(super) use kernel::{fence_all_threads, prepare_to_fence};
pub(crate) use pipe::{Readers, ReadingEnds};
pub(super) use poll::try_wait;
pub(crate) use poll::{Descriptor, Source};
pub(crate) use process::{is_pid_1, main_stack_size, signal_of};
#[cfg(feature = "process")]
pub(crate) use ready::{
    ReadyReader, ReadyWriter, keep_to_ourselves, ready_pipe, say_ready, untell,
};
pub(crate) use sigaction::{
    Registration, come_first, disposition, ignore_sigchld, reset_ignored_sigchld, send_again,
};
pub(crate) use sigaltstack::keep_alternate_stack;
#[cfg(feature = "process")]
pub(crate) use sigprocmask::block_all_but_faults;
pub(crate) use sigprocmask::{Blocked, Mask};
pub(crate) use stdio::{
    replace_lost_streams, replace_lost_terminal, stderr_is_terminal, stderr_is_writable,
    stdout_is_writable, try_stderr, write_stderr,
};
pub(crate) use termios::{FirstModes, allow_background_changes, restore_modes};

/// What the compiler says where a program asks for orphans and there are none. All Unix systems have them.
pub(crate) const NO_ORPHANS: Option<&str> = None;
