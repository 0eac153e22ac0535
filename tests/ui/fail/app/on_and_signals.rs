use aplomb::app;

#[app(run, signals(SIGTERM, SIGHUP), on(SIGHUP = reload))]
fn main();

fn run() {}

fn reload() {}
