//! The notes, in a database of `SQLite`.
//!
//! A write-ahead log lets readers read while the one writer writes, and a commit needs only one `fsync`.
//! Committed notes are still there after a crash. After a good end all notes are in one file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use anyhow::ensure;
use aplomb::shielded;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior};
use serde::Serialize;

use crate::lane::{Closed, Lane, Turn};
use crate::options::Place;

/// The table that this program makes in an empty database.
const SCHEMA: &str =
    "CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL) STRICT";
const VERSION: i64 = 1;

const READERS: u32 = 3;

#[derive(Serialize)]
pub(crate) struct Note {
    id: i64,
    text: String,
}

impl Note {
    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Note> {
        Ok(Note {
            id: row.get(0)?,
            text: row.get(1)?,
        })
    }
}

pub(crate) struct Store {
    writer: Arc<Lane>,
    /// The connections for reading. For a database in memory this is the writer itself, since each other
    /// connection would have a database of its own.
    readers: Arc<Lane>,
    written: Arc<AtomicU64>,
}

/// Why something could not be written or read.
#[derive(Debug)]
pub(crate) enum Trouble {
    Closed,
    Database(rusqlite::Error),
}

impl Store {
    /// Opens the database, or makes one.
    ///
    /// # Errors
    ///
    /// If the file is no database, or cannot be opened.
    pub(crate) fn open(place: &Place) -> rusqlite::Result<Store> {
        let writer = Arc::new(Lane::new());
        writer.add(connect(place)?);
        let readers = match place {
            Place::File(_) => Arc::new(Lane::new()),
            Place::Memory => Arc::clone(&writer),
        };
        Ok(Store {
            writer,
            readers,
            written: Arc::default(),
        })
    }

    /// Brings the database to what this program expects, in one transaction.
    ///
    /// # Errors
    ///
    /// If a newer program has made the database, or if `SQLite` fails.
    pub(crate) fn migrate(&self) -> anyhow::Result<()> {
        let mut writer = self.writer.take().expect("nobody uses it yet");
        let migrated = migrate(&mut writer);
        self.writer.put_back(writer);
        migrated
    }

    pub(crate) fn add_readers(&self, place: &Place) -> rusqlite::Result<()> {
        if !Arc::ptr_eq(&self.readers, &self.writer) {
            for _ in 0..READERS {
                self.readers.add(connect(place)?);
            }
        }
        Ok(())
    }

    /// Writes a note. When this has returned it is on the disk.
    ///
    /// The future may be dropped while it waits for its turn. Then nothing has happened.
    pub(crate) async fn write(&self, text: String) -> Result<Note, Trouble> {
        let turn = self.writer.turn().await?;
        Ok(commit(turn, text, Arc::clone(&self.written)).await?)
    }

    pub(crate) async fn read(&self, id: i64) -> Result<Option<Note>, Trouble> {
        let turn = self.readers.turn().await?;
        let note = turn.call(move |connection| {
            let mut select = connection.prepare_cached("SELECT id, text FROM note WHERE id = ?")?;
            select.query_row([id], Note::of).optional()
        });
        Ok(note.await?)
    }

    /// Returns the first notes that come after this one.
    pub(crate) async fn list(&self, after: i64, limit: u32) -> Result<Vec<Note>, Trouble> {
        const SELECT: &str = "SELECT id, text FROM note WHERE id > ? ORDER BY id LIMIT ?";
        let turn = self.readers.turn().await?;
        let notes = turn.call(move |connection| {
            let mut select = connection.prepare_cached(SELECT)?;
            let notes = select.query_map((after, limit), Note::of)?;
            notes.collect::<rusqlite::Result<_>>()
        });
        Ok(notes.await?)
    }

    /// How many notes this process has written.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Relaxed)
    }

    /// Waits for those who use the database, and lets nobody else use it.
    pub(crate) async fn quiesce(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }

    /// Closes the database, which nobody uses any more, and empties its write-ahead log.
    pub(crate) fn close(&self) -> rusqlite::Result<()> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        while let Some(reader) = self.readers.take() {
            reader.close().map_err(|(_, error)| error)?;
        }
        // The log is emptied here so that a failure is reported. Closing the last connection empties it too,
        // but keeps quiet when that fails.
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        writer.close().map_err(|(_, error)| error)
    }
}

/// Commits a note, in a task of its own. The task is not cut when the client hangs up, and not when `run` ends:
/// the app waits for it before `stop` closes the database. All that belongs to a commit, such as counting it,
/// is in here, because the caller may be gone when it returns.
#[shielded]
async fn commit(turn: Turn, text: String, written: Arc<AtomicU64>) -> rusqlite::Result<Note> {
    let note = turn.call(move |connection| {
        connection
            .prepare_cached("INSERT INTO note (text) VALUES (?)")?
            .execute([&text])?;
        written.fetch_add(1, Relaxed);
        let id = connection.last_insert_rowid();
        Ok(Note { id, text })
    });
    note.await
}

fn connect(place: &Place) -> rusqlite::Result<Connection> {
    let connection = match place {
        Place::File(path) => Connection::open(path)?,
        Place::Memory => Connection::open_in_memory()?,
    };
    // The timeout is for the case that another process writes. Within this process there is only one writer.
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn migrate(writer: &mut Connection) -> anyhow::Result<()> {
    let change = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = change.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?;
    ensure!(
        version <= VERSION,
        "a newer version of this program has made it"
    );
    if version < VERSION {
        change.execute_batch(SCHEMA)?;
        change.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(change.commit()?)
}

impl From<Closed> for Trouble {
    fn from(Closed: Closed) -> Trouble {
        Trouble::Closed
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Trouble {
        Trouble::Database(error)
    }
}
