use aplomb::app;

#[app(run, on(SIGHUP))]
fn main();

fn run() {}
