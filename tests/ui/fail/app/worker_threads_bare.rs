use aplomb::app;

#[app(run, worker_threads)]
async fn main() {}

async fn run() {}
