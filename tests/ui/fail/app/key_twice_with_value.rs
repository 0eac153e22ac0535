use aplomb::app;

#[app(run, deadline = "5s", deadline = "6s")]
fn main();

fn run() {}
