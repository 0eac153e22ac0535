use aplomb::app;

#[app(components(cache(start, timeout(stop = "5s"))))]
fn main();

mod cache {
    pub fn start() {}
    pub fn stop() {}
}
