use aplomb::app;

#[app(run, deadline = "25 seconds")]
fn main();

fn run() {}
