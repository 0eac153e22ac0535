#[app(run, block_on = smol::block_on)]
async fn main();
