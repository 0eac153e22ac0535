use aplomb::app;

#[app(components(cache(start, run), database(start)))]
fn main();

struct Database;
struct Cache;

mod database {
    use super::*;

    pub fn start() -> Result<Database, String> {
        Ok(Database)
    }
}

mod cache {
    use super::*;

    pub fn start(_: &Database) -> Result<Cache, String> {
        Ok(Cache)
    }

    pub fn run(_: &Cache) {}
}
