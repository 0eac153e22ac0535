//! What Linux has beyond POSIX: a file for each page of its manual. `posix` has all of these names as well.

mod eventfd;
mod fd;
mod membarrier;
#[cfg_attr(not(target_env = "gnu"), path = "posix/atexit.rs")]
mod on_exit;
#[cfg(feature = "process")]
mod pidfd;
mod ppoll;
mod prctl;
mod task;

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
pub(super) use task::{has_one_thread, is_initial_thread, send_to_this_thread};
