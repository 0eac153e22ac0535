#[aplomb::app(run, report = log())]
fn main() {}

fn run() {}
