//! The example programs, driven from outside: real processes that get real signals.

#![cfg(unix)]
#![cfg_attr(
    not(target_os = "linux"),
    allow(
        dead_code,
        reason = "the tests of two examples look into `/proc` throughout"
    )
)]
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
    #[cfg(target_os = "linux")]
    mod manager;
    mod notes;
    mod password;
    mod pool;
    mod program;
    mod screen;
    mod service;
    mod sigdemo;
    #[cfg(target_os = "linux")]
    mod site;
    #[cfg(target_os = "linux")]
    mod systemd;
    mod tcp_echo;
    mod timeline;
    mod workers;
}
