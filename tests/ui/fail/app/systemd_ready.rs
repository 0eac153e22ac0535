use aplomb::app;

#[app(run, systemd(ready = "run"))]
fn main();

fn run() {}
