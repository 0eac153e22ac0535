use aplomb::app;

#[app(run, verbose = true)]
fn main();

fn run() {}
