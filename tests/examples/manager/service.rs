//! The manager, and jobs that end when the test lets them.

use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;

use aplomb_testing::{Command, wait_until};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::examples::client::Client;
use crate::examples::program::{example, make_fifo, open_once_read, text};
use crate::examples::service::Service;

pub fn manager(words: &[&str]) -> Command {
    example("manager").args(["--port", "0"]).args(words)
}

pub fn start(words: &[&str]) -> Service {
    Service::start(manager(words))
}

/// A job that somebody has in hand: it reads a named pipe.
pub struct InHand {
    pub client: Client,
    pipe: File,
    answer: String,
    _place: TempDir,
}

impl InHand {
    /// A job for a worker.
    pub fn words(to: SocketAddr) -> InHand {
        InHand::start(to, "words", "2 words\n")
    }

    /// A job for a thread.
    pub fn checksum(to: SocketAddr) -> InHand {
        let hash = crc32fast::hash(CONTENT.as_bytes());
        InHand::start(to, "checksum", &format!("checksum {hash:08x}\n"))
    }

    fn start(to: SocketAddr, what: &str, answer: &str) -> InHand {
        let place = TempDir::new().unwrap();
        let path = place.path().join("slow");
        make_fifo(&path);
        let mut client = Client::connect(to);
        client.send(&format!("{what} {}\n", text(&path)));
        InHand {
            client,
            pipe: open_once_read(&path),
            answer: answer.to_owned(),
            _place: place,
        }
    }

    /// Lets the job come to its end, and checks the answer.
    #[track_caller]
    pub fn wait(mut self) -> Client {
        assert!(!self.client.is_spoken_to(), "it was in hand");
        self.pipe.write_all(CONTENT.as_bytes()).unwrap();
        drop(self.pipe);
        self.client.expect(&self.answer);
        self.client
    }

    /// Hangs up: the client does not wait for its job.
    pub fn hang_up(self) {
        let InHand { client, pipe, .. } = self;
        drop(client);
        drop(pipe);
    }

    /// Checks that the client gets this answer, though the test has not let the job come to its end.
    #[track_caller]
    pub fn expect(&mut self, answer: &str) {
        self.client.expect(answer);
    }
}

const CONTENT: &str = "two words\n";

/// A client that is let in, and has nothing in hand.
pub fn silent(to: SocketAddr) -> Client {
    let mut client = Client::connect(to);
    client.send("hello\n");
    client.expect("failed: a job is `words FILE` or `checksum FILE`\n");
    client
}

/// Checks that the client gets the last line that a manager sends, and then the end.
#[track_caller]
pub fn expect_farewell(mut client: Client) {
    client.expect("stopping\n");
    client.expect_end();
}

/// Checks that the manager does jobs: those that can be done at once are done at once.
#[track_caller]
pub fn expect_at_work(to: SocketAddr) {
    let mut client = Client::connect(to);
    client.send("words LICENSE-MIT\nchecksum LICENSE-MIT\n");
    let licence = fs::read_to_string("LICENSE-MIT").unwrap();
    let words = licence.split_whitespace().count();
    client.expect(&format!("{words} words\n"));
    let hash = crc32fast::hash(licence.as_bytes());
    client.expect(&format!("checksum {hash:08x}\n"));
}

/// Waits until the process that is this worker now is ready.
pub fn until_ready(manager: &Service, number: usize) {
    wait_until("the worker is ready", || {
        let pid = worker(manager, number);
        let line = format!("worker {number} is ready: pid {pid}");
        manager.app.has_printed(&line)
    });
}

/// The process that is this worker now.
pub fn worker(manager: &Service, number: usize) -> Pid {
    let variable = format!("WORKER={number}");
    let mut found = None;
    wait_until("the worker is there", || {
        found = manager
            .children()
            .iter()
            .map(|child| child.pid)
            .find(|pid| {
                let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                let mut variables = environment.split(|&byte| byte == 0);
                variables.any(|each| each == variable.as_bytes())
            });
        found.is_some()
    });
    found.expect("it was found")
}
