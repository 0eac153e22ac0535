#[cfg_attr(unix, aplomb::app(run, reap_orphans, on(SIGHUP = reload, SIGUSR1 = reload)))]
#[cfg_attr(windows, aplomb::app(run, on(SIGTERM = reload), signals(SIGINT, SIGHUP)))]
fn main() {}

fn run() {}
fn reload() {}
