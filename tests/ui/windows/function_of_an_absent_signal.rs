#[aplomb::app(run, on(SIGINT = again, SIGWINCH = again))]
fn main() {}

fn run() {}
fn again() {}
