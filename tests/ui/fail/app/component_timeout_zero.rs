use aplomb::app;

#[app(components(cache(start, stop, timeout(stop = "0s"))))]
fn main();

mod cache {
    pub fn start() {}
    pub fn stop() {}
}
