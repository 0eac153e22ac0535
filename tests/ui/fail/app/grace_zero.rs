use aplomb::app;

#[app(run, grace = "0s", block_on = smol::block_on)]
async fn main();

async fn run() {}
