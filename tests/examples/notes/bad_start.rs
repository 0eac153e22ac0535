//! Starts that fail: what is wrong is named, and nothing stays behind.

use std::fs;

use aplomb_testing::Command;
use nix::sys::signal::Signal::SIGTERM;

use super::service::{Place, exists};
use crate::examples::program::is_misused;
use crate::examples::program::{example, helps, text};

#[track_caller]
fn fails(program: Command, of: &str) {
    let output = program.spawn().wait();
    output
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&[of]);
}

#[test]
fn a_port_that_is_taken() {
    let place = Place::new();
    let first = place.start();
    let port = first.address.port().to_string();
    let other = Place::new();
    let program = example("notes").args(["--port", &port, "--database"]);
    let path = other.database();
    fails(
        program.args([text(&path)]),
        &format!("cannot listen on port {port}"),
    );
    assert!(!exists(&path), "it was to leave the database alone");
    assert_eq!(first.client().get("/ready").unwrap().status, 200);
    first.stop_by(SIGTERM);
}

#[test]
fn a_file_that_is_no_database() {
    let place = Place::new();
    for precious in ["precious\n".repeat(1000), "precious".to_owned()] {
        fs::write(place.database(), &precious).unwrap();
        let path = place.database();
        fails(place.program(), &format!("cannot use {}", text(&path)));
        assert_eq!(fs::read_to_string(&path).unwrap(), precious);
        place.expect_alone();
    }
}

#[test]
fn a_folder_that_is_missing_or_no_file() {
    let place = Place::new();
    let folder = place.database().join("notes.db");
    let program = || example("notes").args(["--port", "0", "--database"]);
    let names_it = |path: &str| format!("cannot use {path} as the database");
    fails(program().args([text(&folder)]), &names_it(text(&folder)));
    assert!(!exists(&place.database()));
    fs::create_dir(place.database()).unwrap();
    let folder = place.database();
    fails(program().args([text(&folder)]), &names_it(text(&folder)));
}

/// That is found out half-way, when the database is open.
#[test]
fn a_database_of_a_newer_version() {
    let place = Place::new();
    place.notes();
    let newer = place.lock_with(&["PRAGMA user_version = 2"]);
    newer.execute_batch("COMMIT").unwrap();
    newer.close().unwrap();
    let before = fs::read(place.database()).unwrap();
    fails(place.program(), "a newer version of this program");
    assert_eq!(fs::read(place.database()).unwrap(), before);
    place.expect_closed();
    place.expect_alone();
}

#[test]
fn wrong_arguments_are_told() {
    for (words, of) in [
        (&["--port", "http"][..], "http"),
        (&["--port", "65536"], "65536"),
        (&["--memory", "--memory"], "--memory"),
        (&["--memory", "--database", "file"], "cannot be used with"),
        (&["--memory", "more"], "more"),
    ] {
        is_misused(example("notes").args(words), of);
    }
    helps("notes");
}
