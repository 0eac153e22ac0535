use aplomb::app;

#[app(run = serve())]
fn main();
