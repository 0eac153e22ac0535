#[aplomb::app(run, reap_orphans)]
fn main() {}

fn run() {}
