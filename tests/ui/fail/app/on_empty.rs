use aplomb::app;

#[app(run, on())]
fn main();

fn run() {}
