use aplomb::app;

#[app(run, on = reload)]
fn main();

fn run() {}

fn reload() {}
