//! The service, and what is left of it.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use aplomb_testing::{Child, Command, Output};
use nix::sys::signal::Signal::{self, SIGKILL};
use rusqlite::Connection;
use tempfile::TempDir;

use super::client::Client;
use crate::examples::program::{example, text};

/// A folder with a database in it.
pub struct Place(TempDir);

/// A service that is up.
pub struct Service {
    pub app: Child,
    pub address: SocketAddr,
}

impl Place {
    pub fn new() -> Place {
        Place(TempDir::new().unwrap())
    }

    pub fn database(&self) -> PathBuf {
        self.0.path().join("notes.db")
    }

    pub fn program(&self) -> Command {
        example("notes").args(["--port", "0", "--database", text(&self.database())])
    }

    pub fn start(&self) -> Service {
        Service::start(self.program())
    }

    /// What `SQLite` has beside the database while it is open.
    #[track_caller]
    pub fn expect_closed(&self) {
        for name in ["notes.db-wal", "notes.db-shm"] {
            let path = self.0.path().join(name);
            let length = fs::metadata(&path).map_or(0, |file| file.len());
            assert_eq!(length, 0, "{name} was to be empty or gone");
        }
    }

    /// There is nothing in the folder but what is the database's place.
    #[track_caller]
    pub fn expect_alone(&self) {
        let names = fs::read_dir(self.0.path()).unwrap().flatten();
        let names: Vec<_> = names.map(|file| file.file_name()).collect();
        assert_eq!(names, ["notes.db"]);
    }

    /// `SQLite` itself finds nothing wrong with the database.
    #[track_caller]
    pub fn expect_sound(&self) {
        let database = Connection::open(self.database()).unwrap();
        let verdict = database.query_row("PRAGMA integrity_check", [], |row| row.get(0));
        assert_eq!(verdict, Ok("ok".to_owned()));
    }

    /// Another process that writes, and has not come to an end with it: the service has to wait.
    pub fn lock_with(&self, statements: &[&str]) -> Connection {
        let other = Connection::open(self.database()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        for statement in statements {
            other.execute_batch(statement).unwrap();
        }
        other
    }

    pub fn lock(&self) -> Connection {
        self.lock_with(&[])
    }

    /// All notes, read by another run of the service, which is killed: it would drain.
    #[track_caller]
    pub fn notes(&self) -> BTreeMap<u64, String> {
        let service = self.start();
        let notes = service.notes();
        service.app.send_signal(SIGKILL);
        service.app.wait().assert_signal(SIGKILL).assert_no_stderr();
        notes
    }
}

impl Service {
    pub fn start(program: Command) -> Service {
        let mut app = program.spawn();
        let address = app.expect_prefix("listening on ").parse().unwrap();
        Service { app, address }
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address).unwrap()
    }

    pub fn notes(&self) -> BTreeMap<u64, String> {
        let mut client = self.client();
        let mut notes = BTreeMap::new();
        loop {
            let after = notes.last_key_value().map_or(0, |(id, _)| *id);
            let page = client.get(&format!("/notes?after={after}")).unwrap();
            assert_eq!(page.status, 200, "{}", page.body);
            let page = parse(&page.body);
            if page.is_empty() {
                return notes;
            }
            notes.extend(page);
        }
    }

    /// Asks it to stop, and waits for that.
    pub fn stop_by(self, signal: Signal) -> Output {
        self.app.send_signal(signal);
        let output = self.app.wait();
        output.assert_signal(signal).assert_no_stderr();
        output
    }
}

/// The notes of a JSON array. Texts of the tests have nothing in them that JSON would escape.
fn parse(page: &str) -> Vec<(u64, String)> {
    let notes = page.split("{\"id\":").skip(1);
    notes
        .map(|note| {
            let (id, rest) = note.split_once(",\"text\":\"").expect("a note");
            let (text, _) = rest.split_once("\"}").expect("a text");
            (id.parse().expect("a number"), text.to_owned())
        })
        .collect()
}

/// The id in the answer to a POST.
pub fn id(body: &str) -> u64 {
    let [(id, _)] = &parse(body)[..] else {
        panic!("one note was due: {body}")
    };
    *id
}

pub fn exists(path: &Path) -> bool {
    path.try_exists().unwrap()
}
