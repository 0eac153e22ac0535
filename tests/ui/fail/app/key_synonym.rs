use aplomb::app;

#[app(init, run)]
fn main();

fn run() {}
