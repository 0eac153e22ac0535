use aplomb::app;

#[app(run, timeout(run = "10s", run = "20s"))]
fn main();

fn run() {}
