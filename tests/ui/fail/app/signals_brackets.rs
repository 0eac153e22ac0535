use aplomb::app;

#[app(run, signals = [SIGTERM])]
fn main();

fn run() {}
