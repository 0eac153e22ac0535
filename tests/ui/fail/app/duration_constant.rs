use aplomb::app;
use std::time::Duration;

pub const PATIENCE: Duration = Duration::from_secs(25);

#[app(run, deadline = PATIENCE)]
fn main();

fn run() {}
