use aplomb::app;
use std::time::Duration;

#[app(run, drain = 5 * , timeout(stop = "20s"))]
fn main();

fn run() {}

pub const SECOND: Duration = Duration::from_secs(1);
