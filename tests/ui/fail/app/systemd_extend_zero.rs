use aplomb::app;

#[app(run, systemd(extend = "0s"))]
fn main();

fn run() {}
