//! Names of the user's that generated code might take for its own.
#![deny(warnings)]
#![forbid(unsafe_code)]
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types)]

mod std {}
mod core {}
mod aplomb {}
struct Option;
struct Some;
struct None;
trait Future {}

fn inline(_: u8) {}
fn task(_: u8) {}
fn whole(_: u8) {}

#[::aplomb::shielded]
async fn parameters(value: u8, __arg1: (u8, u8), (a, b): (u8, u8), shielded_output: u8) -> u8 {
    task(1);
    whole(2);
    value + __arg1.0 + a + b + shielded_output
}

#[::aplomb::shielded(inline)]
async fn parameters_inline((a, b): &(u8, u8), __arg0: u8, ret: u8) -> u8 {
    inline(1);
    a + b + __arg0 + ret
}

fn main() {
    let runtime = ::tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(all());
}

async fn all() {
    ::std::assert_eq!(parameters(1, (2, 3), (4, 5), 6).await, 18);
    ::std::assert_eq!(parameters_inline(&(1, 2), 3, 4).await, 10);
}
