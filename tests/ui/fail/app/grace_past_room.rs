use aplomb::app;

#[app(run, deadline = "12s", grace = "10s", block_on = smol::block_on)]
async fn main();

async fn run() {}
