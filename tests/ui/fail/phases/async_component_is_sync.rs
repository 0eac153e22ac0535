use aplomb::app;

#[app(components(database(start), cache(start, run)))]
async fn main();

struct Database;
struct Cache;

mod database {
    use super::*;

    pub async fn start() -> Result<Database, String> {
        Ok(Database)
    }
}

mod cache {
    use super::*;

    pub async fn start(_: &Database) -> Result<Cache, String> {
        Ok(Cache)
    }

    pub fn run(_: &Cache) {}
}
