//! `SQLite` blocks its thread, and a task must not. So there is a number of connections, and no more
//! calls at a time than these, each on a thread that may block; the tasks wait for their turn.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// Connections that are as good as one another.
pub(crate) struct Lane {
    size: AtomicU32,
    idle: Mutex<Vec<Connection>>,
    /// One for each connection.
    turns: Arc<Semaphore>,
}

/// A connection for one call.
pub(crate) struct Turn {
    /// Until it is given back.
    connection: Option<Connection>,
    lane: Arc<Lane>,
    _permit: OwnedSemaphorePermit,
}

/// The service is stopping, and there are no turns any more.
#[derive(Debug)]
pub(crate) struct Closed;

impl Lane {
    pub(crate) fn new() -> Lane {
        Lane {
            size: AtomicU32::new(0),
            idle: Mutex::default(),
            turns: Arc::new(Semaphore::new(0)),
        }
    }

    pub(crate) fn add(&self, connection: Connection) {
        self.put_back(connection);
        self.size.fetch_add(1, Relaxed);
        self.turns.add_permits(1);
    }

    pub(crate) fn put_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(connection);
    }

    /// One that is idle.
    pub(crate) fn take(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop()
    }

    /// Waits for a connection, first come, first served. Who does not wait any longer, as when its
    /// client has gone, loses its place and nothing else.
    pub(crate) async fn turn(self: &Arc<Self>) -> Result<Turn, Closed> {
        let permit = Arc::clone(&self.turns).acquire_owned().await;
        let permit = permit.map_err(|_| Closed)?;
        Ok(Turn {
            connection: self.take(),
            lane: Arc::clone(self),
            _permit: permit,
        })
    }

    /// Waits for those who have a turn, or have been waiting for one. There are none afterwards.
    pub(crate) async fn close(&self) {
        let all = self.turns.acquire_many(self.size.load(Relaxed)).await;
        self.turns.close();
        drop(all);
    }
}

impl Turn {
    /// Calls a function that may block. Once begun it comes to its end, and gives the connection
    /// back then, even if nobody waits for its value any more.
    pub(crate) async fn call<T: Send + 'static>(
        mut self,
        call: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> T {
        let called = spawn_blocking(move || {
            let connection = self.connection.as_mut();
            call(connection.expect("there is a connection for each turn"))
        });
        match called.await {
            Ok(value) => value,
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
}

impl Drop for Turn {
    /// Before the next one has its turn.
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.lane.put_back(connection);
        }
    }
}
