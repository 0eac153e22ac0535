use aplomb::app;

#[app(run, force_after = -1)]
fn main();

fn run() {}
