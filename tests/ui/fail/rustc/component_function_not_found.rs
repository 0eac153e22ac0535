use aplomb::app;

#[app(components(cache(run, stop)))]
fn main();

mod cache {
    pub fn run() {}
}
