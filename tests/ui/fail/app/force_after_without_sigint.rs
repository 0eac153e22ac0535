use aplomb::app;

#[app(run, signals(SIGTERM), force_after = 3)]
fn main();

fn run() {}
