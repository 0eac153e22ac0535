use aplomb::app;

#[app(components(database(start)), on(SIGHUP = reload))]
async fn main();

struct Database;

mod database {
    use super::*;

    pub async fn start() -> Result<Database, String> {
        Ok(Database)
    }
}

fn reload(_: &Database) {}
