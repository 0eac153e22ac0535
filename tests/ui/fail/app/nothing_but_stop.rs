use aplomb::app;

#[app(stop)]
fn main();

fn stop() {}
