//! What is noted of the lengths of shields: nothing here.

use std::panic::Location;
use std::time::Duration;

pub(crate) fn note_shield(_: Duration, _: &'static Location<'static>, _: impl FnOnce() -> String) {}
