#[aplomb::app(run, reap_orphans = true)]
fn main() {}

fn run() {}
