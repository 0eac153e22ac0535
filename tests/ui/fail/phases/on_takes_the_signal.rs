use aplomb::app;
use aplomb::signal::Signal;

#[app(run, on(SIGHUP = reload))]
fn main() {}

fn reload(_: Signal) {}

fn run() {}
