use aplomb::app;

#[app(run, signals(15))]
fn main();

fn run() {}
