use aplomb::app;

#[app(run, explain = "0s")]
fn main();

fn run() {}
