#![deny(warnings)]
#![forbid(unsafe_code)]

use aplomb::app;

#[app(run, report = aplomb::tracing)]
fn main() {}

fn run() {}
