use aplomb::app;

#[app(run, exit = "failure")]
fn main();

fn run() {}
