use aplomb::app;

#[app(run, block_on = smol::block_on, flavor = "current_thread")]
async fn main() {}

async fn run() {}
