#[aplomb::app(run, terminal = restore)]
fn main() {}

fn run() {}
