use aplomb::app;

#[app(run, deadline = "0s")]
fn main();

fn run() {}
