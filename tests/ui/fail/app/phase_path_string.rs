use aplomb::app;

#[app(start = "open", run)]
fn main();

fn run() {}
