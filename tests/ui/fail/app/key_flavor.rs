use aplomb::app;

#[app(run, flavor = "current_thread")]
fn main();

fn run() {}
