use aplomb::app;

#[app(components(cache(run)), block_on = smol::block_on)]
fn main();

mod cache {
    pub fn run() {}
}
