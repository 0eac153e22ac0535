use aplomb::app;

#[app(run, worker_threads = 65_536)]
async fn main() {}

async fn run() {}
