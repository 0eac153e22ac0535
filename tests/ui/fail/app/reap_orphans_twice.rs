#[aplomb::app(run, reap_orphans, reap_orphans)]
fn main() {}

fn run() {}
