#[aplomb::app(run, on(SIGHUP = reload))]
fn main() {}

fn run() {}
fn reload() {}
