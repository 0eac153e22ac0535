//! What the conductor and the way out ask of the child processes of the app.
//!
//! Without the feature `process` an app has no children of its own, and these functions do nothing. So their callers
//! need no `cfg`.

#[cfg(feature = "process")]
pub(crate) use crate::process::{
    are_there, deadlines_have_changed, end_all, end_for_good, kill_all, set_time_left, stragglers,
};

#[cfg(not(feature = "process"))]
pub(crate) use none::*;

#[cfg(not(feature = "process"))]
mod none {
    use std::time::Duration;

    use crate::shutdown::Shutdown;
    use crate::stragglers::Straggler;

    pub(crate) fn set_time_left(_: &Shutdown, _: Option<Duration>) {}
    pub(crate) fn deadlines_have_changed() {}
    pub(crate) fn end_all(_: Option<&Shutdown>) {}
    pub(crate) fn end_for_good() {}
    pub(crate) fn kill_all() {}
    pub(crate) fn are_there() -> bool {
        false
    }
    pub(crate) fn stragglers() -> Vec<Straggler> {
        Vec::new()
    }
}
