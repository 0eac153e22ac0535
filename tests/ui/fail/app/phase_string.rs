use aplomb::app;

#[app("start", run)]
fn main();

fn run() {}
