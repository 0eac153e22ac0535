//! Rows of the contract on Windows: real processes, each on a console of its own, which get that console's events. A test is named after
//! its row. The programs, and mostly their scripts, are those of `tests/rows`.
//!
//! Each row is tried with an app of threads and with one of tasks. They run on a Windows machine, and under Wine. What Wine does not have
//! is skipped there, which `APLOMB_REQUIRE_ALL=1` makes a failure.

#![cfg(windows)]
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "tests are not an interface"
)]

#[allow(dead_code, reason = "the rows of Unix need more of it")]
mod programs;
#[allow(dead_code, unused_imports, reason = "the rows of Unix need more of it")]
mod support;

use programs::On;

/// What [`programs::phases`] has where nobody says which.
const ON: On = On::Threads;

mod windows {
    mod children;
    mod components;
    mod consoles;
    mod exits;
    mod kinds;
    mod limits;
    mod repeated;
    mod shields;
    mod start_stop;
    mod status;
}
