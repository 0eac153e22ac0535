use aplomb::app;

#[app(components(database(start)), on(SIGHUP = reload))]
fn main();

struct Database;
struct Cache;

mod database {
    use super::*;

    pub fn start() -> Result<Database, String> {
        Ok(Database)
    }
}

fn reload(_: &Cache) {}
