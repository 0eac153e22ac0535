use aplomb::app;

#[app(run, signals(SIGTREM))]
fn main();

fn run() {}
