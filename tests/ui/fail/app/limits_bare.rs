use aplomb::app;

#[app(run, limits)]
fn main() {}

fn run() {}
