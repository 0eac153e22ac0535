use aplomb::app;

#[app(run, run)]
fn main();

fn run() {}
