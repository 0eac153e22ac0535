use aplomb::app;

const MINUTES: u64 = 5;

#[app(run, systemd(extend = MINUTES))]
fn main();

fn run() {}
