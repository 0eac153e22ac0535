use aplomb::app;

#[app(components)]
fn main();
