use aplomb::app;

#[app(run, force_after)]
fn main();

fn run() {}
