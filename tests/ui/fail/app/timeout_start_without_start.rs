use aplomb::app;

#[app(run, timeout(start = "10s"))]
fn main();

fn run() {}
