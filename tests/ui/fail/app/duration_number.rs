use aplomb::app;

#[app(run, deadline = 25)]
fn main();

fn run() {}
