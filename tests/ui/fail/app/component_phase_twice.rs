use aplomb::app;

#[app(components(cache(run, run)))]
fn main();

mod cache {
    pub fn run() {}
}
