use aplomb::app;

#[app(start, run = move |state, shutdown| println!())]
fn main();

fn start() {}
