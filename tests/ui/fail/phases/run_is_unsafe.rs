use aplomb::app;

#[app(run)]
fn main();

unsafe fn run() {}
