use aplomb::app;

#[app(run, block_on = smol::block_on())]
async fn main() {}

async fn run() {}
