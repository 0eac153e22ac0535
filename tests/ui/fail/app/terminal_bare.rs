#[aplomb::app(run, terminal)]
fn main() {}

fn run() {}
