use aplomb::app;

#[app(run, stop)]
async fn main();

async fn run() {}

fn stop() {}
