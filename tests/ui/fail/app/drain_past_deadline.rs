use aplomb::app;

#[app(run, deadline = "10s", drain = "10s")]
fn main();

fn run() {}
