use aplomb::app;

#[app(run, drain = "1m", timeout(run = "30s"))]
fn main();

fn run() {}
