use aplomb::app;

#[app(run)]
unsafe fn main();

fn run() {}
