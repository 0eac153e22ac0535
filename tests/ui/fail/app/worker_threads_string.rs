use aplomb::app;

#[app(run, worker_threads = "4")]
async fn main() {}

async fn run() {}
