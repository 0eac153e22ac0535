use aplomb::app;

#[app(components(cache(run)), components(cache(run)))]
fn main();

mod cache {
    pub fn run() {}
}
