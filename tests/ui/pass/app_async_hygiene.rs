//! Names of the user's that generated code might take for its own.
#![deny(warnings)]
#![forbid(unsafe_code)]
#![no_implicit_prelude]
#![allow(non_camel_case_types, dead_code)]

mod std {}
mod core {}
mod aplomb {}
mod tokio {}
struct Result;
struct Option;
struct Some;
struct None;
fn block_on() {}
fn runtime() {}
fn no_async_body() {}

#[::aplomb::app(run = open, worker_threads = 2)]
async fn main() {
    let _ = Result;
}

async fn open() {}
