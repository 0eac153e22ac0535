use aplomb::app;

#[app(run, signals(SIGTERM, SIGPIPE))]
fn main();

fn run() {}
