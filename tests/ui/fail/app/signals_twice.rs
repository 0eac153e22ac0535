use aplomb::app;

#[app(run, signals(SIGTERM, SIGINT, SIGTERM))]
fn main();

fn run() {}
