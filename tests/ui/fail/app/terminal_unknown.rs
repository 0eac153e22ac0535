#[aplomb::app(run, terminal = "reset")]
fn main() {}

fn run() {}
