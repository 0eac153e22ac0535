//! Windows: a file for each family of its functions.

mod clock;
mod event;
mod fence;
mod nothing;
mod process;
pub(crate) mod signum;
mod socket;
mod wait;

pub(crate) use clock::milliseconds;
pub(crate) use event::Event;
pub(super) use fence::{fence_all_threads, prepare_to_fence};
#[cfg(feature = "process")]
pub(crate) use nothing::block_all_but_faults;
pub(crate) use nothing::{
    Adoption, Blocked, Mask, NO_ORPHANS, allow_background_changes, ignore_sigchld,
    keep_alternate_stack, reap_orphans, reset_ignored_sigchld,
};
pub(super) use process::watch_forks;
pub(crate) use process::{
    Process, in_forked_children, is_cut_off, is_pid_1, main_stack_size, signal_of,
};
pub(crate) use socket::Descriptor;
pub(crate) use wait::{Source, wait, wait_until_ready};
#[cfg(feature = "tokio")]
pub(crate) use wait::{TOKIO_POLLS_EVENTS, ready_in_tokio};
