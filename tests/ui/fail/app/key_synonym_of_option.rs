use aplomb::app;

#[app(run, threads = 4)]
async fn main() {}

async fn run() {}
