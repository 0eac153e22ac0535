use aplomb::app;

#[app(run, stop)]
fn main();

fn run() {}

#[cfg(any())]
fn stop() {}
