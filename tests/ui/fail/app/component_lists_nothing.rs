use aplomb::app;

#[app(components(cache()))]
fn main();

mod cache {
    pub fn run() {}
}
