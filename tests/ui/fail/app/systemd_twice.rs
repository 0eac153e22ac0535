use aplomb::app;

#[app(run, systemd, systemd(extend = "5m"))]
fn main();

fn run() {}
