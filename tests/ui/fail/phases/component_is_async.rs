use aplomb::app;

#[app(components(database(start), cache(start, run)))]
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

    pub async fn run(_: &Cache) {}
}
