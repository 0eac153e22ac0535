use aplomb::app;

#[app(run, timeout(run = "0ms"))]
fn main();

fn run() {}
