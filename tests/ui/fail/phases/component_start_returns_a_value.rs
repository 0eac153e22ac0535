use aplomb::app;

#[app(components(database(start)))]
fn main();

struct Database;

mod database {
    use super::*;

    pub fn start() -> Database {
        Database
    }
}

