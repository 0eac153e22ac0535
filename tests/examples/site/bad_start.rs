//! Starts that fail: the app says what is wrong, and nothing stays behind.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use aplomb_testing::{Command, Output};
use nix::sys::signal::Signal::SIGTERM;

use super::app::App;
use super::client::get;
use super::place::Place;
use super::scripts;
use crate::examples::program::{example, helps, is_misused, text};

#[track_caller]
fn fails(program: Command, of: &[&str]) -> Output {
    let output = App::spawn(program).wait();
    output
        .assert_code(1)
        .assert_stderr(of)
        .assert_never("stopped");
    output
}

/// Checks that the start fails before the server is started, and that there is no build.
#[track_caller]
fn fails_to_build(place: &Place, words: &[&str], of: &[&str]) {
    fails(place.program().args(words), of).assert_stdout(&[]);
    assert!(place.check().is_none());
}

/// Checks that the start fails after the first build, and that no process is left.
#[track_caller]
fn fails_to_serve(place: &Place, words: &[&str], of: &[&str]) {
    fails(place.program().args(words), of).assert_once("build 1: 3 pages");
    assert_eq!(place.build(), 1);
}

#[test]
fn a_tool_that_is_not_there() {
    let words = ["--tool", "no-such-tool --at all"];
    fails_to_build(&Place::new(), &words, &["no-such-tool"]);
}

#[test]
fn a_tool_that_fails() {
    let place = Place::new();
    fails_to_build(
        &place,
        &["--tool", "false"],
        &["the tool `false` has failed: exit status: 1"],
    );
    let tool = scripts::dying_tool(place.path());
    fails_to_build(&place, &["--tool", &tool], &["the tool", &tool, "SIGKILL"]);
}

#[test]
fn content_that_is_not_there() {
    let place = Place::new();
    let content = place.content();
    for page in fs::read_dir(&content).unwrap() {
        fs::remove_file(page.unwrap().path()).unwrap();
    }
    fails_to_build(&place, &[], &["no pages in", text(&content)]);
    fs::remove_dir(&content).unwrap();
    fails_to_build(&place, &[], &["cannot watch", text(&content)]);
    fs::write(&content, "a file").unwrap();
    fails_to_build(&place, &[], &[text(&content)]);
}

#[test]
fn a_page_that_cannot_be_one() {
    let place = Place::new();
    place.write("what is this", "what", "Spaces.");
    fails_to_build(&place, &[], &["what is this.md", "cannot be the address"]);
}

/// A file in the place of the output is reported, and stays as it is.
#[test]
fn an_output_that_is_something_else() {
    let place = Place::new();
    let output = place.output();
    fs::write(&output, "precious").unwrap();
    fails(place.program(), &["cannot use", text(&output)]).assert_stdout(&[]);
    assert_eq!(fs::read(&output).unwrap(), b"precious");
    fs::remove_file(&output).unwrap();

    let current = output.join("current");
    fs::create_dir(&output).unwrap();
    fs::write(&current, "precious").unwrap();
    fails(place.program(), &["cannot use", text(&output)]).assert_stdout(&[]);
    assert_eq!(fs::read(&current).unwrap(), b"precious");
    fs::remove_file(&current).unwrap();

    symlink("elsewhere", &current).unwrap();
    fails(place.program(), &["its `current` is not ours"]).assert_stdout(&[]);
    assert_eq!(text(&fs::read_link(&current).unwrap()), "elsewhere");
}

#[test]
fn an_output_that_another_builds() {
    let place = Place::new();
    let (first, address) = App::start(place.program());
    fails(place.program(), &["another process is using it"]).assert_stdout(&[]);
    assert_eq!(get(address, "/").status, 200);
    first.stop_by(SIGTERM);
    assert_eq!(place.build(), 1);
}

#[test]
fn a_port_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let of = format!("cannot listen on port {port}");
    let place = Place::new();
    let words = ["--port", &port];
    let output = fails(place.program().args(&words), &[&of]);
    output.assert_stderr(&["the server has ended before it was ready"]);
    assert_eq!(place.build(), 1);
}

#[test]
fn a_server_that_is_not_there() {
    let words = ["--server", "no-such-server"];
    fails_to_serve(&Place::new(), &words, &["cannot start `server`"]);
}

#[test]
fn a_server_that_dies_before_it_is_ready() {
    for server in ["true", "false"] {
        let of = ["the server has ended before it was ready"];
        fails_to_serve(&Place::new(), &["--server", server], &of);
    }
}

#[test]
fn a_server_that_says_something_else() {
    let words = ["--server", "echo hello"];
    fails_to_serve(&Place::new(), &words, &["the server says \"hello"]);
}

/// One of the two servers ends when it is told to, and the other one has to be killed.
#[test]
fn a_server_that_is_never_ready() {
    for server in [scripts::silent_server, scripts::mute_server] {
        let place = Place::new();
        let server = server(place.path());
        let since = Instant::now();
        let program = place.program().args(["--server", &server]);
        let output = fails(program, &["the server is not ready after 5s"]);
        let took = output.duration_since(since);
        assert!(
            took >= Duration::from_secs(5) && took < Duration::from_secs(15),
            "{took:?}"
        );
        assert_eq!(place.build(), 1);
    }
}

#[test]
fn wrong_arguments_are_told() {
    for (words, of) in [
        (&["--port", "http"][..], "http"),
        (&["--port", "65536"], "65536"),
        (&["--settle", "1s"], "1s"),
        (&["--tool", " "], "a word at least"),
        (&["--server", ""], "a word at least"),
        (&["one", "two"], "two"),
        (&["serve"], "required arguments"),
        (&["serve", "folder", "port"], "port"),
        (&["serve", "folder", "1", "2"], "'2'"),
        (&["serve", "folder", "--port"], "--port"),
    ] {
        is_misused(example("site").args(words), of);
    }
    helps("site");
}
