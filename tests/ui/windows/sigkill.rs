#[aplomb::app(run, signals(SIGKILL))]
fn main() {}

fn run() {}
