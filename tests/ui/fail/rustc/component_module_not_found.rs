use aplomb::app;

#[app(components(database, cache(run)))]
fn main();

mod cache {
    pub fn run() {}
}
