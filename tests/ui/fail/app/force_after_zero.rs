use aplomb::app;

#[app(run, force_after = 0)]
fn main();

fn run() {}
