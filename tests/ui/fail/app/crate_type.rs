use aplomb::app;

#[app(run, crate = Self)]
fn main();

fn run() {}
