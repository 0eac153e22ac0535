use aplomb::app;

#[app(run, force_after = 256)]
fn main();

fn run() {}
