use aplomb::app;

#[app(run)]
#[app(run)]
fn main();

fn run() {}
