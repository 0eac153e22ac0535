use aplomb::app;

#[app(server::start, run)]
fn main();

fn run() {}
