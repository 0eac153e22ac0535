use aplomb::app;

#[app(run, timeout = "10s")]
fn main();

fn run() {}
