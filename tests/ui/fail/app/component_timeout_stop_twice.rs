use aplomb::app;

#[app(components(cache(start, stop, timeout(stop = "5s", stop = "6s"))))]
fn main();

mod cache {
    pub fn start() {}
    pub fn stop() {}
}
