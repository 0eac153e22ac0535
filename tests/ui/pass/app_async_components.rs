//! Components as async functions, whose states need not be `Sync`.

use std::cell::Cell;
use std::rc::Rc;

use aplomb::{Cleanup, Shutdown, app};

struct Config(u8);
struct Database(Rc<Cell<u8>>);

mod database {
    use super::*;

    pub async fn start(cleanup: &mut Cleanup) -> Result<Database, String> {
        let count = Rc::new(Cell::new(0));
        cleanup.push_async("count", count.clone(), async |count: Rc<Cell<u8>>| {
            assert_eq!(count.get(), 4);
        });
        Ok(Database(count))
    }

    pub async fn run(database: &Database, shutdown: &Shutdown) {
        database.0.set(database.0.get() + 1);
        shutdown.cancelled().await;
        database.0.set(database.0.get() + 1);
    }

    pub async fn stop(database: Database, config: &Config) {
        assert_eq!((database.0.get(), config.0), (4, 7));
    }
}

struct Api {
    is_open: Cell<bool>,
}

impl Api {
    async fn start(_: &Config, database: &Database) -> Result<Self, String> {
        database.0.set(1);
        let is_open = Cell::new(true);
        Ok(Api { is_open })
    }

    async fn run(&self, database: &Database, _: &Config) -> Result<(), String> {
        database.0.set(database.0.get() + 1);
        self.is_open.set(false);
        Ok(())
    }

    async fn stop(self, shutdown: &Shutdown) {
        assert!(!self.is_open.get());
        let reason = shutdown.reason().map(|reason| reason.to_string());
        assert_eq!(reason.as_deref(), Some("component `Api` has ended"));
    }
}

async fn reload(database: &Database) {
    database.0.set(0);
}

#[app(components(database, Api(start, run, stop, timeout(stop = "60s"))), on(SIGHUP = reload))]
async fn main() -> Config {
    Config(7)
}
