use aplomb::app;

#[app(components(database(start), api(start)))]
fn main();

struct Database;
struct Cache;

mod database {
    use super::*;

    pub fn start() -> Result<Database, String> {
        Ok(Database)
    }
}

mod api {
    use super::*;

    pub fn start(_: &Database, _: &Cache) {}
}
