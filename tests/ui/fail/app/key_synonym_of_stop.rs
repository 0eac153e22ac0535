use aplomb::app;

#[app(run, shutdown = close)]
fn main();

fn run() {}
