//! The example programs, driven from outside: real processes that get real signals.

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

#[allow(
    dead_code,
    unused_imports,
    reason = "the rows need more of it than the examples"
)]
mod support;

mod examples {
    mod hello;
    mod journal;
    mod program;
    mod tcp_echo;
    mod workers;
}
