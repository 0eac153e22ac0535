use aplomb::app;

pub const PATIENCE: u64 = 25;

#[app(run, deadline = PATIENCE)]
fn main();

fn run() {}
