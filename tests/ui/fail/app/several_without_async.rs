use aplomb::app;

#[app(run, flavor = "current_thread", worker_threads = 4)]
fn main() {}

fn run() {}
