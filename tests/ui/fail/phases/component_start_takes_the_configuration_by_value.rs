use aplomb::app;

#[app(components(database(start)))]
fn main() -> Config {
    Config
}

struct Config;

struct Database;

mod database {
    use super::*;

    pub fn start(_: Config) -> Result<Database, String> {
        Ok(Database)
    }
}
