use aplomb::app;

#[app(run, deadline = "30s1m")]
fn main();

fn run() {}
