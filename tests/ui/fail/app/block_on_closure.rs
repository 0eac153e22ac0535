use aplomb::app;

#[app(run, block_on = |future| smol::block_on(future))]
async fn main() {}

async fn run() {}
