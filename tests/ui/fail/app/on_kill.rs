use aplomb::app;

#[app(run, on(SIGKILL = reload))]
fn main();

fn run() {}

fn reload() {}
