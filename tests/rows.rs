//! The contract's truth table: each row is a test of real processes that get real signals.
//!
//! A test is named after its row; those without a number hold what the contract says in words. Some
//! rows need what not every machine allows (a new PID namespace, strace), or what only Linux has
//! (`/proc`, promises that are made there alone); elsewhere they say so and are skipped, unless
//! `APLOMB_REQUIRE_ALL=1` makes that a failure.
//!
//! Here the apps are made of threads. In `async_rows.rs` they are made of tasks: most files of
//! `tests/rows` are a part of both, and say where the two differ by [`ON`].

#![cfg_attr(
    windows,
    allow(
        dead_code,
        unused_imports,
        reason = "rows that need Unix are left out there"
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

#[cfg(unix)]
mod rows {
    mod as_child;
    mod callbacks;
    mod cannot_begin;
    mod children;
    mod children_ended;
    mod children_forked;
    mod children_handles;
    mod children_ready;
    mod children_reaped;
    mod children_stopped;
    mod children_under_way;
    mod children_waited_for;
    mod closed_descriptors;
    mod components;
    mod configured;
    mod deadlines;
    mod deaf_threads;
    mod drops;
    mod embedded;
    mod environment;
    mod every_signal;
    mod exit_functions;
    mod failing_callbacks;
    mod foreign_exits;
    mod forked;
    mod handed_back;
    mod handlers;
    mod idle;
    mod injection;
    mod interactive_shells;
    mod last_flush;
    mod last_second;
    mod left_behind;
    mod limits;
    mod named;
    mod observed;
    mod parameters;
    mod pid_1;
    mod pipelines;
    mod probes;
    mod repeated;
    mod reported;
    mod reports;
    mod shields;
    mod start_stop;
    mod status;
    mod storm;
    mod succession;
    #[cfg(target_os = "linux")]
    mod systemd;
    #[cfg(target_os = "linux")]
    mod systemd_in_time;
    #[cfg(target_os = "linux")]
    mod systemd_inherited;
    mod taken;
    mod terminal;
    mod terminal_modes;
    mod threads;
    mod timeline;
    mod told;
    mod traced;
    mod trouble;
    mod unmasked;
    mod wakers;
    mod ways_out;
    mod whole_process;
}

/// What Windows has of them. `windows.rs` has more, which is about Windows.
#[cfg(windows)]
mod rows {
    mod components;
    mod deadlines;
    mod deaf_threads;
    mod embedded;
    mod exit_functions;
    mod foreign_exits;
    mod last_second;
    mod parameters;
    mod probes;
    mod repeated;
    mod shields;
    mod start_stop;
    mod status;
    mod timeline;
}
