use aplomb::app;

#[app(run, worker_threads = 0)]
async fn main() {}

async fn run() {}
