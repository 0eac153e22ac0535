use aplomb::app;

#[app(run, signals(SIGSEGV SIGSTOP, , 9), timeout(run = "", stop = 3))]
fn main();

fn run() {}
