use aplomb::app;

#[app(run, block_on = call)]
async fn main();

async fn run() {}

fn call(_: u8) {}
