use aplomb::app;

#[app(run, signals(term))]
fn main();

fn run() {}
