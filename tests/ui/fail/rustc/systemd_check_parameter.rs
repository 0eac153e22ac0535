use aplomb::app;

#[app(run, systemd(check = is_healthy))]
fn main();

fn run() {}

fn is_healthy(_: &u8) -> bool {
    true
}
