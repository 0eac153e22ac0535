use aplomb::app;

#[app(run, drain = Duration::from_secs(1), timeout(stop = "20s"))]
fn main();

fn run() {}
