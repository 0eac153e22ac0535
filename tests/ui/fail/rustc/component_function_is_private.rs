use aplomb::app;

#[app(components(cache(run)))]
fn main();

mod cache {
    fn run() {}
}
