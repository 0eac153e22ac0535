#[aplomb::app(run, report = "log::lines")]
fn main() {}

fn run() {}
