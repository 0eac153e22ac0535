use aplomb::app;

#[app(start,, run)]
fn main();

fn start() {}

fn run() {}
