use aplomb::app;

#[app(start, run)]
async fn main();

fn start() {}

async fn run() {}
