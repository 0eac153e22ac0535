use aplomb::app;

#[app(components(cache(start, stop, timeout(start = "5s"))))]
fn main();

mod cache {
    pub fn start() {}
    pub fn stop() {}
}
