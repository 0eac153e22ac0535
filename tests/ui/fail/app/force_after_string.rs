use aplomb::app;

#[app(run, force_after = "3")]
fn main();

fn run() {}
