use aplomb::app;

#[app(run, crate)]
fn main();

fn run() {}
