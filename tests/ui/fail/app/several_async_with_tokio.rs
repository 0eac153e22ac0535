use aplomb::app;

#[app(run, worker_threads = 0, flavor = "single", block_on = smol::block_on)]
#[tokio::main]
async fn main(_: u8) {}

async fn run() {}
