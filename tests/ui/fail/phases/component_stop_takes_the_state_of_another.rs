use aplomb::app;

#[app(components(database(start), cache(start, stop)))]
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

    pub fn stop(_: Database) {}
}
