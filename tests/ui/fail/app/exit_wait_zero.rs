use aplomb::app;

#[app(run, exit_wait = "0s")]
fn main();

fn run() {}
