#[app(run, systemd, crate = other::aplomb)]
fn main();
