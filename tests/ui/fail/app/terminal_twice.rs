#[aplomb::app(run, terminal = "restore", terminal = "restore")]
fn main() {}

fn run() {}
