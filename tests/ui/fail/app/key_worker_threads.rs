use aplomb::app;

#[app(run, worker_threads = 4)]
fn main();

fn run() {}
