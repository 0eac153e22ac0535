//! The library under another name, and at another place.
#![deny(warnings)]

pub extern crate aplomb as poise;

mod deep {
    pub use poise;
}

#[poise::shielded(crate = deep::poise)]
async fn commit(_: u8) -> u8 {
    1
}

#[poise::shielded(inline, crate = crate::deep::poise, name = "two")]
async fn commit_two(&value: &u8) -> u8 {
    value
}

#[poise::app(run, crate = deep::poise, worker_threads = 1)]
async fn main() {}

async fn run() {
    assert_eq!(commit(1).await + commit_two(&2).await, 3);
}
