use aplomb::app;

#[app(run = || println!())]
fn main();
