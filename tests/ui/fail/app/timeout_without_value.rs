use aplomb::app;

#[app(run, timeout(run))]
fn main();

fn run() {}
