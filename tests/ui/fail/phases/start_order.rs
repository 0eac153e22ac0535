use aplomb::app;

#[app(start, run)]
fn main();

use aplomb::{Cleanup, Shutdown};

fn start(_: &mut Cleanup, _: &Shutdown) {}

fn run() {}
