use aplomb::app;
use aplomb::signal::Signal;

#[app(start)]
fn main() {}

fn start(_: &Signal) {}
