//! Other attributes above and below ours.
#![deny(warnings)]

use aplomb::{app, shielded};

#[inline(never)]
#[shielded]
#[cold]
fn commit() -> u8 {
    1
}

#[deprecated]
#[shielded]
#[allow(clippy::all)]
fn old() {}

#[cfg_attr(all(), shielded)]
#[cfg(all())]
fn configured() {}

#[cfg_attr(any(), shielded)]
const fn not_configured() {}

#[allow(unused_mut)]
#[app(run)]
#[allow(unused_variables)]
fn main() {
    let mut unused = 1;
}

fn run() {
    commit();
    #[allow(deprecated)]
    old();
    configured();
    const { not_configured() };
}
