//! The examples: started, at work, and stopped by Ctrl-C. `cargo build --examples` makes them.

#[path = "../examples/notes/client.rs"]
#[allow(dead_code, reason = "the tests of Unix need more of it")]
mod http;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use aplomb_testing::Signal::SIGINT;
use aplomb_testing::{Child, Command, Output};
use tempfile::TempDir;

use crate::support::from_us;

/// An example, as it was built beside the programs of the tests.
fn example(name: &str) -> Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_phases"));
    let example = programs.with_file_name("examples").join(name);
    Command::new(example.with_extension("exe"))
}

fn place() -> TempDir {
    TempDir::new().expect("there is room for a folder")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of the tests are text")
}

/// Waits until it says where it listens.
fn address(app: &mut Child, said: &str) -> SocketAddr {
    let address = app.expect_prefix(said);
    address.parse().expect("an address")
}

/// A client that talks in lines.
struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(to: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(to).expect("it listens")))
    }

    fn send(&mut self, text: &str) {
        let sent = self.0.get_mut().write_all(text.as_bytes());
        sent.expect("the server is there");
    }

    /// A line, with its end; nothing when the server has hung up.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("the server is there");
        line
    }

    #[track_caller]
    fn ask(&mut self, line: &str, answer: &str) {
        self.send(&format!("{line}\n"));
        assert_eq!(self.line(), format!("{answer}\n"));
    }
}

/// Waits for the end by Ctrl-C, after which no process is left.
#[track_caller]
fn finish(app: Child) -> Output {
    app.wait_until_nothing_is_left();
    let output = app.wait();
    output.assert_signal(SIGINT);
    output
}

#[test]
fn hello_completes_an_entry() {
    let place = place();
    let mut app = example("hello").env("TMP", place.path()).spawn();
    app.expect("an entry begins,");
    app.send_signal(SIGINT);
    finish(app)
        .assert_in_order(&["an entry begins,", "  and is whole", "stopped"])
        .assert_no_stderr();
    let log = fs::read_to_string(place.path().join("hello.log")).expect("it was written");
    let entries = log.strip_suffix("the end\n").expect("`stop` has run");
    assert_eq!(entries.replace("first half\nsecond half\n", ""), "");
}

#[test]
fn hello_async_completes_an_answer() {
    let mut app = example("hello_async").arg("127.0.0.1:0").spawn();
    let mut client = Client::connect(address(&mut app, "listening on "));
    assert_eq!(client.line(), "first half\n");
    app.send_signal(SIGINT);
    assert_eq!(client.line(), "second half\n");
    finish(app).assert_in_order(&["stopped"]).assert_no_stderr();
}

#[test]
fn journal_goes_on_where_it_has_stopped() {
    let place = place();
    let input = place.path().join("input");
    let lines: Vec<_> = (1..=25).map(|line| format!("{line}\n")).collect();
    fs::write(&input, lines.concat()).expect("it can be written");
    let journal = place.path().join("journal");
    let program = || example("journal").args([text(&input), "--journal", text(&journal)]);
    let mut app = program().args(["--pace", "3600s"]).spawn();
    app.expect("committed lines 1 to 10");
    app.send_signal(SIGINT);
    finish(app)
        .assert_in_order(&["stopped; the next run goes on at line 11"])
        .assert_no_stderr();
    program()
        .spawn()
        .wait()
        .assert_code(0)
        .assert_in_order(&["committed lines 11 to 20", "all 25 lines are committed"])
        .assert_no_stderr();
}

/// The lines that come by standard input are committed as far as they are whole.
#[test]
fn journal_reads_standard_input() {
    let place = place();
    let journal = place.path().join("journal");
    let words = ["--batch", "2", "--journal", text(&journal)];
    let mut app = example("journal").args(words).spawn();
    for line in ["one", "two"] {
        app.send_line(line);
    }
    app.expect("committed lines 1 to 2");
    app.send_signal(SIGINT);
    finish(app).assert_in_order(&["stopped; the next run goes on at line 3"]);
}

#[test]
fn workers_say_what_has_changed() {
    let place = place();
    let file = place.path().join("file");
    fs::write(&file, "one").expect("it can be written");
    let words = ["--every", "3600", text(&file)];
    let mut app = example("workers").args(words).spawn();
    let sum = format!("{:08x}", crc32fast::hash(b"one"));
    app.expect(&format!("{}: {sum}", text(&file)));
    app.send_signal(SIGINT);
    finish(app).assert_stderr_once(&[&format!("stopping: {}", from_us(SIGINT))]);
}

#[test]
fn tcp_echo_answers_a_line_that_has_begun() {
    let mut app = example("tcp_echo").arg("0").spawn();
    let at = address(&mut app, "listening on ");
    let [mut idle, mut busy] = [(); 2].map(|()| Client::connect(at));
    idle.ask("one", "one");
    busy.ask("two", "two");
    app.send_signal(SIGINT);
    assert_eq!(idle.line(), "", "who says nothing is hung up on");
    finish(app).assert_stderr_once(&["lines answered: 2"]);
}

#[test]
fn notes_keeps_what_it_has_acknowledged() {
    let place = place();
    let database = place.path().join("notes.db");
    let start = || {
        let words = ["--port", "0", "--database", text(&database)];
        let mut app = example("notes").args(words).spawn();
        let at = address(&mut app, "listening on ");
        (app, http::Client::connect(at).expect("it listens"))
    };
    let (app, mut client) = start();
    let written = client.post("buy bread").expect("an answer");
    assert_eq!(written.status, 201, "{}", written.body);
    app.send_signal(SIGINT);
    finish(app)
        .assert_in_order(&[
            &format!("stopping: {}", from_us(SIGINT)),
            "notes written: 1",
        ])
        .assert_no_stderr();
    let left = fs::read_dir(place.path()).expect("the folder is there");
    let left: Vec<_> = left.flatten().map(|file| file.file_name()).collect();
    assert_eq!(left, ["notes.db"], "the log was emptied, and is gone");

    let (app, mut client) = start();
    let notes = client.get("/notes").expect("an answer");
    assert!(notes.body.contains("buy bread"), "{}", notes.body);
    app.send_signal(SIGINT);
    finish(app).assert_once("notes written: 0");
}

#[test]
fn pool_accounts_for_each_unit() {
    let words = ["--units", "0", "--effort", "10"];
    let mut app = example("pool").args(words).spawn();
    app.expect_prefix("unit ");
    app.send_signal(SIGINT);
    let output = finish(app);
    output.assert_no_stderr();
    let said = output.stdout();
    let count = |what: &str| -> u32 {
        let figure = said.iter().find_map(|line| line.strip_prefix(what));
        figure.expect("it is counted").parse().expect("a number")
    };
    assert_eq!(
        count("queued: "),
        count("done: ") + count("dropped: ") + count("abandoned: ")
    );
}

#[test]
fn components_keep_what_was_set() {
    let place = place();
    let book = place.path().join("book.txt");
    let start = || {
        let mut app = example("components").arg(text(&book)).spawn();
        let client = Client::connect(address(&mut app, "api: listening on "));
        (app, client)
    };
    let (app, mut client) = start();
    client.ask("set ada 1815", "set");
    assert!(book.with_extension("address").exists());
    app.send_signal(SIGINT);
    assert_eq!(client.line(), "", "who says nothing is hung up on");
    finish(app)
        .assert_in_order(&["api: 1 answers", "database: closed with 1 entries"])
        .assert_no_stderr();
    let content = fs::read_to_string(&book).expect("it was saved");
    assert_eq!(content, "ada 1815\n");
    assert!(!book.with_extension("address").exists());

    let (app, mut client) = start();
    client.ask("get ada", "1815");
    app.send_signal(SIGINT);
    finish(app);
}

/// The manager, its threads and the processes that are its workers.
#[test]
fn manager_has_jobs_done_and_ends_its_workers() {
    let place = place();
    let file = place.path().join("file");
    fs::write(&file, "two words").expect("it can be written");
    let mut app = example("manager").args(["--port", "0"]).spawn();
    let at = address(&mut app, "listening on ");
    assert_eq!(app.living(), 3, "the manager and two workers");
    let mut client = Client::connect(at);
    let sum = crc32fast::hash(b"two words");
    client.ask(&format!("words {}", text(&file)), "2 words");
    client.ask(
        &format!("checksum {}", text(&file)),
        &format!("checksum {sum:08x}"),
    );
    app.send_signal(SIGINT);
    assert_eq!(client.line(), "stopping\n");
    assert_eq!(client.line(), "");
    finish(app)
        .assert_in_order(&[
            &format!("stopping: {}", from_us(SIGINT)),
            "jobs answered: 2",
        ])
        .assert_no_stderr();
}
