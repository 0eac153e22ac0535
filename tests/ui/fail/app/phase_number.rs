use aplomb::app;

#[app(run = 3)]
fn main();
