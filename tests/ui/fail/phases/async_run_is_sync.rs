use aplomb::app;

#[app(run)]
async fn main();

fn run() {}
