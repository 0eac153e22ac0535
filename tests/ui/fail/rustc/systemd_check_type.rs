use aplomb::app;

#[app(run, systemd(check = how_healthy))]
fn main();

fn run() {}

fn how_healthy() -> u8 {
    7
}
