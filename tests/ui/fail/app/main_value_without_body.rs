use aplomb::app;

#[app(start)]
fn main() -> Config;

fn start() {}

pub struct Config;
