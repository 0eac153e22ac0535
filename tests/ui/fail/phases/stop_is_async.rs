use aplomb::app;

#[app(run, stop)]
fn main();

fn run() {}

async fn stop() {}
