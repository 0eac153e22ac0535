use aplomb::app;

#[app(run, crate = ::renamed, signals(SIGTERM, SIGINT), on(SIGHUP = run), drain = "1s")]
fn main();

pub fn run() {}
