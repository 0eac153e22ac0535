#[aplomb::app(run, signals(SIGINT, SIGUSR1))]
fn main() {}

fn run() {}
