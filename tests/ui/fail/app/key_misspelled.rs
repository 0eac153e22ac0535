use aplomb::app;

#[app(start, runn)]
fn main();

fn start() {}
