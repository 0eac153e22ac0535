//! The book: a file that is read whole when the component starts, and written whole when it has changed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use aplomb::shielded;

use super::Config;

pub(crate) struct Database {
    path: PathBuf,
    content: Mutex<Content>,
    /// The lock is held as long as the file is ours.
    _lock: File,
}

#[derive(Default)]
struct Content {
    entries: BTreeMap<String, String>,
    is_saved: bool,
}

/// A component may be a module, with functions in it.
pub(crate) fn start(config: &Config) -> anyhow::Result<Database> {
    let path = config.book.clone();
    let name = path.display();
    let lock = File::create(path.with_extension("lock")).context("the lock file")?;
    lock.try_lock()
        .with_context(|| format!("{name} is open elsewhere"))?;
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text.with_context(|| format!("{name}"))?,
    };
    let entries = text.lines().filter_map(|line| line.split_once(' '));
    let entries = entries.map(|(name, number)| (name.into(), number.into()));
    let content = Content {
        entries: entries.collect(),
        is_saved: true,
    };
    println!("database: {} entries", content.entries.len());
    Ok(Database {
        path,
        content: Mutex::new(content),
        _lock: lock,
    })
}

/// `stop` gets the state by value, since nobody else uses it any more.
#[allow(clippy::needless_pass_by_value, reason = "this is the end of it")]
pub(crate) fn stop(database: Database) -> io::Result<()> {
    database.save()?;
    println!("database: closed with {} entries", database.len());
    Ok(())
}

impl Database {
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.content().entries.get(name).cloned()
    }

    pub(crate) fn set(&self, name: &str, number: &str) {
        let mut content = self.content();
        content.entries.insert(name.into(), number.into());
        content.is_saved = false;
    }

    pub(crate) fn len(&self) -> usize {
        self.content().entries.len()
    }

    /// Writes the book if it has changed. The file is written as a whole, or not at all.
    #[shielded]
    pub(crate) fn save(&self) -> io::Result<()> {
        let mut content = self.content();
        if content.is_saved {
            return Ok(());
        }
        let mut text = String::new();
        for (name, number) in &content.entries {
            text.extend([name, " ", number, "\n"]);
        }
        let new = self.path.with_extension("new");
        fs::write(&new, text)?;
        fs::rename(new, &self.path)?;
        content.is_saved = true;
        Ok(())
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
