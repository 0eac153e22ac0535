#[aplomb::app(run, report = "off", report = log)]
fn main() {}

fn run() {}
