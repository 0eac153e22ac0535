//! The library under another name, and at another place.
#![deny(warnings)]

pub extern crate aplomb as poise;

mod deep {
    pub use poise;
}

#[poise::shielded(crate = deep::poise)]
fn commit() -> u8 {
    1
}

#[poise::shielded(crate = crate::deep::poise, name = "two")]
fn commit_two() -> u8 {
    2
}

#[poise::app(run, crate = deep::poise, signals(SIGTERM))]
fn main() {}

fn run() {
    assert_eq!(commit() + commit_two(), 3);
}
