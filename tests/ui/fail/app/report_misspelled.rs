#[aplomb::app(run, report = "of")]
fn main() {}

fn run() {}
