use aplomb::app;

#[app(run, exit = code)]
fn main();

fn run() {}
