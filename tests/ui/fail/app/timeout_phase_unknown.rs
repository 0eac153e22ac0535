use aplomb::app;

#[app(run, timeout(drain = "10s"))]
fn main();

fn run() {}
