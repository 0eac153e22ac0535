//! The example programs, driven from outside: real processes that get real signals.

#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "tests are not an interface"
)]

#[allow(
    dead_code,
    unused_imports,
    reason = "the rows need more of it than the examples"
)]
mod support;

mod examples {
    mod client;
    mod components;
    mod forkd;
    mod hello;
    mod hello_async;
    mod journal;
    mod manager;
    mod notes;
    mod password;
    mod pool;
    mod program;
    mod screen;
    mod service;
    mod sigdemo;
    mod site;
    mod tcp_echo;
    mod workers;
}
