use aplomb::app;

#[app(components(cache(stop)))]
fn main();

mod cache {
    pub fn stop() {}
}
