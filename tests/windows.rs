//! What is about Windows: consoles, jobs, sockets, and the examples there. A test of a row is named after it. Most rows
//! are in `rows.rs` and `async_rows.rs`, where a signal is an event of the program's console.
//!
//! Here each row is tried with an app of threads and with one of tasks. They run on a Windows machine, and under Wine.
//! What Wine does not have is skipped there, which `APLOMB_REQUIRE_ALL=1` makes a failure.

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
    mod consoles;
    mod examples;
    mod exits;
    mod kinds;
    mod waits;
}
