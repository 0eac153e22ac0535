#[aplomb::app(run, report)]
fn main() {}

fn run() {}
