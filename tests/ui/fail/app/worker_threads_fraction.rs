use aplomb::app;

#[app(run, worker_threads = 1.5)]
async fn main() {}

async fn run() {}
