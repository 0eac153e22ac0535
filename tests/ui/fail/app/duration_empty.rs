use aplomb::app;

#[app(run, deadline = "")]
fn main();

fn run() {}
