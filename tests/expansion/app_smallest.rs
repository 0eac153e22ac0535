#[app(start, run, stop)]
fn main() {}
