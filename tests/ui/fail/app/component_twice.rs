use aplomb::app;

#[app(components(cache(run), cache(start, run)))]
fn main();

mod cache {
    pub fn start() {}
    pub fn run() {}
}
