use aplomb::app;

#[app(run, drain = "5s", grace = "10s", timeout(run = "12s"), block_on = smol::block_on)]
async fn main();

async fn run() {}
