use aplomb::app;

#[app(run = async { serve() })]
fn main();
