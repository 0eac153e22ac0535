use aplomb::app;

#[app(run, grace = "10s", grace = "20s", block_on = smol::block_on)]
async fn main();

async fn run() {}
