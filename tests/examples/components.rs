use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use aplomb_testing::{Capability, Child, Command, wait_until};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
use tempfile::TempDir;

use super::client::Client;
use super::program::{example, text};
use crate::support::available;

/// A book in a folder of its own.
struct Book(TempDir);

impl Book {
    fn new() -> Self {
        Book(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("book.txt")
    }

    fn program(&self, port: u16) -> Command {
        example("components").args([text(&self.path()), &port.to_string()])
    }

    fn start(&self) -> (Child, SocketAddr) {
        let mut program = self.program(0).spawn();
        let address = program.expect_prefix("api: listening on ");
        (program, address.parse().unwrap())
    }

    /// What is there beside the book and the lock.
    fn is_tidy(&self) -> bool {
        let there = |extension| self.path().with_extension(extension).exists();
        !there("address") && !there("new")
    }

    fn content(&self) -> String {
        fs::read_to_string(self.path()).unwrap_or_default()
    }
}

#[track_caller]
fn ask(client: &mut Client, line: &str, answer: &str) {
    client.send(&format!("{line}\n"));
    client.expect(&format!("{answer}\n"));
}

#[test]
fn what_was_set_is_there_the_next_time() {
    let book = Book::new();
    for (round, signal) in [SIGINT, SIGTERM, SIGHUP].into_iter().enumerate() {
        let (program, address) = book.start();
        assert!(book.path().with_extension("address").exists());
        let mut client = Client::connect(address);
        ask(&mut client, "get ada", ["nobody", "1815"][round.min(1)]);
        ask(&mut client, "set ada 1815", "set");
        program.send_signal(signal);
        client.expect_end();
        program
            .wait()
            .assert_signal(signal)
            .assert_in_order(&[
                &format!("database: {} entries", round.min(1)),
                &format!("api: listening on {address}"),
                "database: closed with 1 entries",
            ])
            .assert_no_stderr();
        assert!(book.is_tidy());
        assert_eq!(book.content(), "ada 1815\n");
    }
}

/// The database is stopped when the clients of the API have their answers, and not before.
#[test]
fn a_client_in_work_is_answered_first() {
    if !available(Capability::Linux, "a_client_in_work_is_answered_first") {
        return;
    }
    for _ in 0..10 {
        let book = Book::new();
        let (program, address) = book.start();
        let [mut idle, mut busy] = [(); 2].map(|()| Client::connect(address));
        ask(&mut idle, "get ada", "nobody");
        busy.send("get ada\nset ada 18");
        busy.expect("nobody\n");
        busy.until_read();
        program.send_signal(SIGTERM);
        idle.expect_end();
        program.assert_running_without("database: closed with 0 entries");
        busy.send("15\n");
        busy.expect("set\n");
        busy.expect_end();
        program
            .wait()
            .assert_signal(SIGTERM)
            .assert_once("database: closed with 1 entries");
        assert_eq!(book.content(), "ada 1815\n");
    }
}

#[test]
fn a_port_that_is_taken() {
    let book = Book::new();
    fs::write(book.path(), "ada 1815\n").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    book.program(port)
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&["database: 1 entries", "database: closed with 1 entries"])
        .assert_stderr_once(&["Error: component `Api` cannot start: cannot listen on port"]);
    assert!(book.is_tidy());
    // And it is there for another one.
    let (program, _) = book.start();
    program.send_signal(SIGTERM);
    program.wait().assert_signal(SIGTERM);
}

#[test]
fn a_book_that_is_open_elsewhere() {
    let book = Book::new();
    let (first, address) = book.start();
    book.program(0)
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&["Error: component `database` cannot start"])
        .assert_stderr(&["is open elsewhere"]);
    let mut client = Client::connect(address);
    ask(&mut client, "set ada 1815", "set");
    first.send_signal(SIGTERM);
    first.wait().assert_signal(SIGTERM);
    assert_eq!(book.content(), "ada 1815\n");
}

/// The component cannot save, and says so; what came before it is gone all the same.
#[test]
fn a_book_that_cannot_be_saved() {
    let book = Book::new();
    let (program, address) = book.start();
    let mut client = Client::connect(address);
    // In the way of the new file.
    fs::create_dir(book.path().with_extension("new")).unwrap();
    ask(&mut client, "set ada 1815", "set");
    program.send_signal(SIGTERM);
    program
        .wait()
        .assert_code(1)
        .assert_stderr_once(&["Error: component `database` cannot stop: Os"]);
    assert!(!book.path().with_extension("address").exists());
}

/// At whatever moment of the start: what was opened is closed, and nothing is left.
#[test]
fn a_signal_at_any_moment_of_the_start() {
    let book = Book::new();
    fs::write(book.path(), "ada 1815\n").unwrap();
    let mut counts = [0; 3];
    for round in 0..150_u32 {
        let mut program = book.program(0).spawn();
        if round % 2 == 1 {
            program.expect("database: 1 entries");
        }
        for _ in 0..round * 1000 {
            std::hint::spin_loop();
        }
        program.send_signal(SIGTERM);
        let output = program.wait();
        output.assert_signal(SIGTERM).assert_no_stderr();
        let opened = output.count("database: 1 entries");
        output.assert_times("database: closed with 1 entries", opened);
        let listened = output.stdout().iter().any(|line| line.starts_with("api:"));
        output.assert(!listened || opened == 1, "the API comes after the database");
        output.assert(book.is_tidy(), "the address was to be gone");
        counts[opened + usize::from(listened)] += 1;
    }
    println!("{counts:?} times none, the database, and both had started");
    assert_eq!(book.content(), "ada 1815\n");
    assert!(
        counts.iter().filter(|&&count| count > 0).count() > 1,
        "all signals came at one and the same moment: {counts:?}"
    );
}

#[test]
fn how_it_goes() {
    let book = Book::new();
    let (program, address) = book.start();
    let mut client = Client::connect(address);
    ask(&mut client, "set ada 1815", "set");
    ask(&mut client, "what?", "get NAME, or set NAME NUMBER");
    // A second later it is in the file.
    wait_until("it is saved", || book.content() == "ada 1815\n");
    program.send_signal(SIGTERM);
    program
        .wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&["api: 2 answers", "database: closed with 1 entries"])
        .assert_no_stderr();
}

#[test]
fn arguments() {
    example("components")
        .spawn()
        .wait()
        .assert_code(2)
        .assert_stdout(&[])
        .assert_stderr(&["<BOOK>"]);
    assert!(!Path::new("book.txt").exists());
}
