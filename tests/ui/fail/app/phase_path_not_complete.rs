use aplomb::app;

#[app(run = server::)]
fn main();
