use aplomb::app;

#[app(run, block_on = smol::block_on)]
fn main();

fn run() {}
