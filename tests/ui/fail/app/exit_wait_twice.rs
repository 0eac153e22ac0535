use aplomb::app;

#[app(run, exit_wait = "3s", exit_wait = "4s")]
fn main();

fn run() {}
