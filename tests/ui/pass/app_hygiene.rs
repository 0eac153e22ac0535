//! Names of the user's that generated code might take for its own.
#![deny(warnings)]
#![forbid(unsafe_code)]
#![no_implicit_prelude]
#![allow(non_camel_case_types, dead_code)]

mod std {}
mod core {}
mod aplomb {}
struct Result;
struct Option;
struct Some;
struct Duration;
fn shield() {}
fn no_body() {}

#[::aplomb::app(run = open, deadline = "5s", exit = "success", force_after = 2)]
fn main() {
    let _ = Result;
}

fn open() {}
