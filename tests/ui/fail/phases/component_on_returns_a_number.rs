use aplomb::app;

#[app(components(database(start)), on(SIGHUP = reload))]
fn main();

struct Database;

mod database {
    use super::*;

    pub fn start() -> Result<Database, String> {
        Ok(Database)
    }
}

fn reload(_: &Database) -> u8 {
    0
}
