//! No filters for system calls: only Linux has them.

use std::process::Command;

use super::Without;

pub(super) fn is_there() -> bool {
    false
}

/// Does nothing. No test gets here that asks whether it can.
pub(crate) fn refuse(_: &mut Command, _: &[Without]) {}
