#![deny(warnings)]

#[aplomb::app(run)]
fn main() {}

fn run() {}
