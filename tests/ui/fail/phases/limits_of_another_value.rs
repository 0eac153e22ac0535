use aplomb::{Limits, app};

fn limits(_: &u8, _: &mut Limits) {}

fn run() {}

#[app(run, limits = limits)]
fn main() -> u16 {
    7
}
