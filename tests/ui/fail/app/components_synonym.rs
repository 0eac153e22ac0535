use aplomb::app;

#[app(services(cache(run)))]
fn main();

mod cache {
    pub fn run() {}
}
