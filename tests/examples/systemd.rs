use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use aplomb_testing::Child;
use nix::sys::signal::Signal::{SIGHUP, SIGTERM};
use tempfile::TempDir;

use super::program::{example, helps, text};
use crate::support::Manager;

struct Service {
    manager: Manager,
    folder: TempDir,
    app: Child,
    address: String,
}

fn start() -> Service {
    let (manager, folder) = (Manager::at_a_path(), tempfile::tempdir());
    let folder = folder.expect("there is room");
    greet(&folder, "hello");
    let greeting = folder.path().join("greeting");
    let program = example("systemd")
        .args(["--port=0", "--greeting", text(&greeting)])
        .env("STATE_DIRECTORY", text(folder.path()))
        .env("WATCHDOG_USEC", "400000");
    let mut app = manager.of(program).spawn();
    let address = app.expect_prefix("listening on ");
    assert!(manager.expect_prefix("READY=1").is_empty());
    Service {
        manager,
        folder,
        app,
        address,
    }
}

fn greet(folder: &TempDir, words: &str) {
    fs::write(folder.path().join("greeting"), words).expect("there is room");
}

impl Service {
    /// Sends a line, and returns the answer.
    fn send(&self, line: &str) -> String {
        let answer = || -> io::Result<String> {
            let mut service = TcpStream::connect(&self.address)?;
            writeln!(service, "{line}")?;
            let mut answer = String::new();
            service.read_to_string(&mut answer)?;
            Ok(answer)
        };
        answer().expect("it answers")
    }
}

#[test]
fn it_keeps_lines_and_tells_of_itself() {
    let service = start();
    assert_eq!(service.send("one"), "hello\n");
    assert_eq!(service.send("two"), "hello\n");
    while service.manager.expect_prefix("STATUS=") != "2 lines" {}
    // The check does not count as a line.
    for _ in 0..3 {
        assert!(service.manager.expect_prefix("WATCHDOG=1").is_empty());
    }
    greet(&service.folder, "good day");
    service.app.send_signal(SIGHUP);
    service.manager.expect_prefix("RELOADING=1\n");
    assert!(service.manager.expect_prefix("READY=1").is_empty());
    assert_eq!(service.send("three"), "good day\n");
    service.app.send_signal(SIGTERM);
    assert!(service.manager.expect_prefix("STOPPING=1").is_empty());
    service.app.wait().assert_signal(SIGTERM).assert_no_stderr();
    let kept = fs::read_to_string(service.folder.path().join("lines"));
    assert_eq!(kept.expect("it was written"), "one\ntwo\nthree\n");
}

#[test]
fn a_greeting_that_is_gone_stays() {
    let mut service = start();
    fs::remove_file(service.folder.path().join("greeting")).expect("it is there");
    service.app.send_signal(SIGHUP);
    service
        .app
        .expect_stderr(&["the greeting stays", "greeting"]);
    assert_eq!(service.send("one"), "hello\n");
    service.app.send_signal(SIGTERM);
    service.app.wait().assert_signal(SIGTERM);
}

#[test]
fn it_explains_itself() {
    helps("systemd");
}
