use aplomb::app;

#[app(run, timeout())]
fn main();

fn run() {}
