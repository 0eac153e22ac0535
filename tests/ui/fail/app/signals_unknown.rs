use aplomb::app;

#[app(run, signals(CONTROL_C))]
fn main();

fn run() {}
