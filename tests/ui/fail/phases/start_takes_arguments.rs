use aplomb::app;

#[app(start, run)]
fn main();

fn start(_: &str) {}

fn run() {}
