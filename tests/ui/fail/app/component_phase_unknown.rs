use aplomb::app;

#[app(components(cache(start, serve)))]
fn main();

mod cache {
    pub fn start() {}
    pub fn serve() {}
}
