//! What Linux has beyond POSIX: a file for each page of its manual. `posix` has all of these names as well.

#[cfg(feature = "systemd")]
mod environ;
mod eventfd;
mod fd;
mod membarrier;
#[cfg_attr(not(target_env = "gnu"), path = "posix/atexit.rs")]
mod on_exit;
#[cfg(feature = "process")]
mod pidfd;
mod ppoll;
mod prctl;
#[cfg(feature = "systemd")]
mod sd_listen_fds;
#[cfg(feature = "systemd")]
mod sd_notify;
mod task;

#[cfg(feature = "systemd")]
pub(crate) use environ::take_variables;
pub(super) use eventfd::Flag;
pub(super) use fd::{is_half_full, reading_end};
pub(in crate::sys) use membarrier::{fence_all_threads, prepare_to_fence};
pub(super) use on_exit::on_exit;
#[cfg(feature = "process")]
pub(crate) use pidfd::{ProcessEnd, STOPS_ARE_SEEN};
pub(super) use ppoll::poll;
pub(super) use prctl::leave_no_core;
pub(crate) use prctl::{Adoption, reap_orphans};
#[cfg(feature = "process")]
pub(super) use prctl::{end_with, outlive_parent};
#[cfg(feature = "systemd")]
pub(crate) use sd_listen_fds::take_inherited;
#[cfg(feature = "systemd")]
pub(crate) use sd_notify::NotifySocket;
pub(super) use task::{has_one_thread, is_initial_thread, send_to_this_thread};
