use aplomb::app;

#[app(run, drain = "0s")]
fn main();

fn run() {}
