use aplomb::app;

#[app(run, signals)]
fn main();

fn run() {}
