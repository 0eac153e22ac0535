use aplomb::app;

#[app]
fn main();
