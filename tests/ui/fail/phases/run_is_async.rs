use aplomb::app;

#[app(run)]
fn main();

async fn run() {}
