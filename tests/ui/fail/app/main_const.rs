use aplomb::app;

#[app(run)]
const fn main() {}

fn run() {}
