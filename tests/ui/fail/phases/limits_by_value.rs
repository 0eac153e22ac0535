use aplomb::{Limits, app};

fn limits(_: &u8) -> Limits {
    Limits::default()
}

fn run() {}

#[app(run, limits = limits)]
fn main() -> u8 {
    7
}
