use aplomb::app;

#[app(run, signals(SIGTERM, SIGKILL))]
fn main();

fn run() {}
