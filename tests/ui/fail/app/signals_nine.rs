use aplomb::app;

#[app(run, signals(SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU, SIGPROF))]
fn main();

fn run() {}
