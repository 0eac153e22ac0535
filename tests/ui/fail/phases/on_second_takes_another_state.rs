use aplomb::app;

#[app(run, on(SIGHUP = reload, SIGUSR1 = rotate))]
fn main();

fn run() {}

fn reload() {}

fn rotate(_: &String) {}
