use aplomb::app;

#[tokio::main(worker_threads = 4)]
#[app(run)]
async fn main() {}

async fn run() {}
