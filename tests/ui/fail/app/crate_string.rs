use aplomb::app;

#[app(run, crate = "renamed")]
fn main();

fn run() {}
