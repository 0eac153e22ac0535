//! Other attributes above and below ours.
#![deny(warnings)]

use aplomb::{app, shielded};

#[inline(never)]
#[shielded]
#[cold]
async fn commit() -> u8 {
    1
}

#[deprecated]
#[shielded(inline)]
#[allow(clippy::all)]
async fn old(value: &u8) -> u8 {
    *value
}

#[cfg_attr(all(), shielded(inline))]
#[cfg(all())]
async fn configured(#[cfg(all())] value: u8, #[cfg(any())] value: u16) -> u8 {
    value
}

#[tokio::test]
#[shielded]
async fn tested_below() {
    assert_eq!(commit().await, 1);
}

#[shielded]
#[tokio::test]
async fn tested_above() {
    assert_eq!(commit().await, 1);
}

#[shielded(inline)]
#[tokio::test]
async fn tested_inline() {
    assert_eq!(commit().await, 1);
}

// What follows the other attribute is a function, whose body blocks.
#[shielded]
#[tokio::main]
async fn blocking() -> u8 {
    commit().await
}

#[tokio::main]
#[shielded]
async fn blocking_in_a_shield() -> u8 {
    commit().await
}

#[allow(unused_mut)]
#[app(run)]
#[allow(unused_variables)]
async fn main() {
    let mut unused = 1;
}

async fn run() {
    assert_eq!(commit().await, 1);
    #[allow(deprecated)]
    let value = old(&2).await;
    assert_eq!(value + configured(1).await, 3);
    let blocks = std::thread::spawn(|| blocking() + blocking_in_a_shield());
    assert_eq!(blocks.join().unwrap(), 2);
}
