use aplomb::app;

#[app(components(database(start, run)))]
fn main();

struct Database;

mod database {
    use super::*;

    pub fn start() -> Result<Database, String> {
        Ok(Database)
    }

    pub fn run(_: &Database) -> u8 {
        0
    }
}

