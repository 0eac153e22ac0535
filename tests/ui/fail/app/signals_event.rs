use aplomb::app;

#[app(run, signals(SIGTERM, SIGCHLD))]
fn main();

fn run() {}
