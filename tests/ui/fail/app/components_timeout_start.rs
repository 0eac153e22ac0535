use aplomb::app;

#[app(components(cache(run)), timeout(start = "10s"))]
fn main();

mod cache {
    pub fn run() {}
}
