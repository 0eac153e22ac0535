use aplomb::app;

#[app(run, on(SIGHUP = reload, SIGHUP = rotate))]
fn main();

fn run() {}

fn reload() {}

fn rotate() {}
