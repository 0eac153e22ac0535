use aplomb::app;

#[app(components(Cache(run, stop)))]
fn main();

struct Cache;

impl Cache {
    fn run() {}
}
