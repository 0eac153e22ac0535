#![deny(warnings)]

#[aplomb::app(components(database(start, stop), cache(start, run, stop)))]
fn main();

struct Database(u8);
struct Cache(u8);

mod database {
    use super::Database;
    use aplomb::Cleanup;

    pub fn start(cleanup: &mut Cleanup) -> Result<Database, String> {
        cleanup.push("step", (), drop);
        Ok(Database(1))
    }

    pub fn stop(own: &Database) {
        assert_eq!(own.0, 1);
    }
}

mod cache {
    use super::{Cache, Database};
    use aplomb::{Cleanup, Shutdown};

    pub fn start(_: &mut Cleanup, database: &Database) -> Result<Cache, String> {
        Ok(Cache(database.0))
    }

    pub fn run(database: &Database, own: &mut Cache) {
        own.0 += database.0;
    }

    pub fn stop(_: &Shutdown, own: Cache) {
        assert_eq!(own.0, 2);
    }
}
