use aplomb::app;

#[app(run, systemd = "notify")]
fn main();

fn run() {}
