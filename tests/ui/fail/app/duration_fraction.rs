use aplomb::app;

#[app(run, deadline = "1.5s")]
fn main();

fn run() {}
