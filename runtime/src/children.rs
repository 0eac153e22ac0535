//! What the conductor and the way out ask of the app's children. Without the feature `process` there are none.

#[cfg(feature = "process")]
pub(crate) use crate::process::{
    deadlines_have_changed, end_all, end_for_good, kill_all, set_time_left,
};

#[cfg(not(feature = "process"))]
pub(crate) use none::*;

#[cfg(not(feature = "process"))]
mod none {
    use std::time::Duration;

    use crate::shutdown::Shutdown;

    pub(crate) fn set_time_left(_: Option<Duration>) {}
    pub(crate) fn deadlines_have_changed() {}
    pub(crate) fn end_all(_: Option<&Shutdown>) {}
    pub(crate) fn end_for_good() {}
    pub(crate) fn kill_all() {}
}
