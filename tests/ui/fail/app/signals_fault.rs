use aplomb::app;

#[app(run, signals(SIGSEGV))]
fn main();

fn run() {}
