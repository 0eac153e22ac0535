use aplomb::app;

#[app(run, systemd())]
fn main();

fn run() {}
