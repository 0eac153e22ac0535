use aplomb::app;

struct Database;
struct Cache;

impl Database {
    fn start() -> Result<Self, String> {
        Ok(Database)
    }
}

impl Cache {
    fn start() -> Result<Self, String> {
        Ok(Cache)
    }

    fn stop(self, _: &Database) {}
}

#[app(components(Database(start), Cache(start, stop, timeout(stop = "5s"))))]
fn main();
