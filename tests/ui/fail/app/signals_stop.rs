use aplomb::app;

#[app(run, signals(SIGSTOP))]
fn main();

fn run() {}
