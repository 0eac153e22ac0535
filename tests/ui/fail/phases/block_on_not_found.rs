use aplomb::app;

#[app(run, block_on = smoll::block_on)]
async fn main();

async fn run() {}
