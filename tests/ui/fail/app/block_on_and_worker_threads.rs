use aplomb::app;

#[app(run, worker_threads = 4, block_on = smol::block_on)]
async fn main() {}

async fn run() {}
