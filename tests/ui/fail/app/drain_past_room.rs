use aplomb::app;

#[app(run, stop, deadline = "25s", timeout(stop = "20s"), drain = "5s", start)]
fn main();

fn start() {}
fn run() {}
fn stop() {}
