use aplomb::app;

#[app(components(cache(start, stop)))]
fn main();

struct Cache;

mod cache {
    use super::*;

    pub fn start() -> Result<Cache, String> {
        Ok(Cache)
    }

    pub fn stop(_: &Cache) {}
}

