//! The contract's truth table once more, and what only async apps have: the apps of these rows are made
//! of tasks. See `rows.rs`.

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

/// What the apps of these rows are made of; in `rows/executors.rs` it is other executors, too.
const ON: On = On::Tokio;

#[cfg(unix)]
mod rows {
    mod as_child;
    mod blocked_tasks;
    mod callbacks;
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
    mod cut;
    mod deadlines;
    mod drops;
    mod embedded;
    mod environment;
    mod every_signal;
    mod executors;
    mod exit_functions;
    mod failing_callbacks;
    mod foreign_exits;
    mod forked;
    mod given_up;
    mod grace;
    mod handed_back;
    mod handlers;
    mod idle;
    mod injection;
    mod interactive_shells;
    mod last_flush;
    mod last_second;
    mod left_behind;
    mod limits;
    mod lost;
    mod named;
    mod observed;
    mod parameters;
    mod pid_1;
    mod pipelines;
    mod pool;
    mod probes;
    mod repeated;
    mod reported;
    mod reports;
    mod runtime;
    mod shields;
    mod start_stop;
    mod status;
    mod succession;
    #[cfg(target_os = "linux")]
    mod systemd;
    #[cfg(target_os = "linux")]
    mod systemd_in_time;
    #[cfg(target_os = "linux")]
    mod systemd_inherited;
    mod taken;
    mod tasks;
    mod terminal;
    mod terminal_modes;
    mod timeline;
    mod told;
    mod traced;
    mod trouble;
    mod unmasked;
    mod wakers;
    mod whole_process;
}

/// What Windows has of them. `windows.rs` has more, which is about Windows.
#[cfg(windows)]
mod rows {
    mod components;
    mod cut;
    mod deadlines;
    mod embedded;
    mod exit_functions;
    mod foreign_exits;
    mod given_up;
    mod grace;
    mod last_second;
    mod parameters;
    mod probes;
    mod repeated;
    mod shields;
    mod start_stop;
    mod status;
    mod timeline;
}
