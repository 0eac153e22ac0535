use aplomb::app;

#[app(run, limits = |config, limits| limits.drain = config.drain)]
fn main() {}

fn run() {}
