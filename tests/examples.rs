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

/// What the rows' own programs would be made of; the examples are what they are.
const ON: support::On = support::On::Threads;

mod examples {
    mod client;
    mod components;
    mod forkd;
    mod hello;
    mod hello_async;
    mod journal;
    mod manager;
    mod notes;
    mod pool;
    mod program;
    mod service;
    mod sigdemo;
    mod site;
    mod tcp_echo;
    mod workers;
}
