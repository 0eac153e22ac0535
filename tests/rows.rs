//! The contract's truth table: each row is a test of real processes that get real signals.
//!
//! A test is named after its row; those without a number hold what the contract says in words. Some
//! rows need what not every machine allows (a new PID namespace, strace); there they say so
//! and are skipped, unless `APLOMB_REQUIRE_ALL=1` makes that a failure.
//!
//! Here the apps are made of threads. In `async_rows.rs` they are made of tasks: most files of
//! `tests/rows` are a part of both, and say where the two differ by [`ON`].

#![cfg(unix)]
#![cfg_attr(
    not(target_os = "linux"),
    allow(
        dead_code,
        unused_imports,
        reason = "rows that need Linux are left out there"
    )
)]
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "tests are not an interface"
)]

mod programs;
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of the examples need it"
)]
mod support;

use programs::On;

/// What the apps of these rows are made of.
const ON: On = On::Threads;

mod rows {
    #[cfg(target_os = "linux")]
    mod as_child;
    #[cfg(target_os = "linux")]
    mod callbacks;
    #[cfg(target_os = "linux")]
    mod cannot_begin;
    #[cfg(target_os = "linux")]
    mod children;
    #[cfg(target_os = "linux")]
    mod children_ended;
    #[cfg(target_os = "linux")]
    mod children_forked;
    #[cfg(target_os = "linux")]
    mod children_handles;
    #[cfg(target_os = "linux")]
    mod children_ready;
    #[cfg(target_os = "linux")]
    mod children_reaped;
    #[cfg(target_os = "linux")]
    mod children_stopped;
    #[cfg(target_os = "linux")]
    mod children_under_way;
    #[cfg(target_os = "linux")]
    mod children_waited_for;
    #[cfg(target_os = "linux")]
    mod closed_descriptors;
    mod components;
    mod deadlines;
    mod deaf_threads;
    #[cfg(target_os = "linux")]
    mod drops;
    mod embedded;
    #[cfg(target_os = "linux")]
    mod environment;
    #[cfg(target_os = "linux")]
    mod every_signal;
    mod exit_functions;
    mod failing_callbacks;
    mod foreign_exits;
    #[cfg(target_os = "linux")]
    mod forked;
    #[cfg(target_os = "linux")]
    mod handed_back;
    #[cfg(target_os = "linux")]
    mod handlers;
    #[cfg(target_os = "linux")]
    mod idle;
    #[cfg(target_os = "linux")]
    mod injection;
    #[cfg(target_os = "linux")]
    mod interactive_shells;
    mod last_flush;
    mod last_second;
    mod left_behind;
    #[cfg(target_os = "linux")]
    mod limits;
    mod named;
    mod parameters;
    #[cfg(target_os = "linux")]
    mod pid_1;
    #[cfg(target_os = "linux")]
    mod pipelines;
    mod repeated;
    mod reports;
    mod shields;
    mod start_stop;
    mod status;
    #[cfg(target_os = "linux")]
    mod storm;
    #[cfg(target_os = "linux")]
    mod succession;
    #[cfg(target_os = "linux")]
    mod taken;
    #[cfg(target_os = "linux")]
    mod terminal;
    #[cfg(target_os = "linux")]
    mod terminal_modes;
    #[cfg(target_os = "linux")]
    mod threads;
    #[cfg(target_os = "linux")]
    mod told;
    #[cfg(target_os = "linux")]
    mod trouble;
    mod unmasked;
    mod wakers;
    #[cfg(target_os = "linux")]
    mod ways_out;
    #[cfg(target_os = "linux")]
    mod whole_process;
}
