//! Names of the user's that generated code might take for its own.
#![deny(warnings)]
#![forbid(unsafe_code)]
#![no_implicit_prelude]
#![allow(dead_code)]

mod std {}
mod core {}
mod aplomb {}

fn shield(_: u8) {}

#[::aplomb::shielded]
fn parameter(_shield: u8) -> u8 {
    shield(1);
    _shield
}

fn main() {
    ::std::assert_eq!(parameter(3), 3);
}
