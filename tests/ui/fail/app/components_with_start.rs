use aplomb::app;

#[app(start, components(cache(run)))]
fn main();

fn start() {}

mod cache {
    pub fn run() {}
}
