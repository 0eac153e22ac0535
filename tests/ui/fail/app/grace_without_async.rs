use aplomb::app;

#[app(run, grace = "10s")]
fn main();

fn run() {}
