use aplomb::app;

#[app(run, on(SIGABRT = reload))]
fn main();

fn run() {}

fn reload() {}
