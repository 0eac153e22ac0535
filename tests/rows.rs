//! The contract's truth table: each row is a test of real processes that get real signals.
//!
//! A test is named after its row; those without a number hold what the contract says in words. Some
//! rows need what not every machine allows (a new PID namespace, strace); there they say so
//! and are skipped, unless `APLOMB_REQUIRE_ALL=1` makes that a failure.
//!
//! The rows of asynchronous apps are not here.

#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "tests are not an interface"
)]
#![allow(
    unreachable_pub,
    reason = "the harness is written as if it were a crate of its own"
)]

mod support;

mod rows {
    mod callbacks;
    mod cannot_begin;
    mod deadlines;
    mod embedded;
    mod environment;
    mod exit_functions;
    mod injection;
    mod pid_1;
    mod repeated;
    mod shields;
    mod start_stop;
    mod status;
    mod storm;
    mod terminal;
    mod threads;
    mod ways_out;
}
