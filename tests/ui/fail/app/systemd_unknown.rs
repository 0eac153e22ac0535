use aplomb::app;

#[app(run, systemd(checks = is_healthy))]
fn main();

fn run() {}
