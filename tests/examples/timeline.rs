use std::fs;

use nix::sys::signal::Signal::SIGTERM;
use tempfile::TempDir;

use super::program::{example, helps, is_misused, text};

#[test]
fn draws_its_own_stop() {
    let place = TempDir::new().unwrap();
    let picture = place.path().join("stop.svg");
    let mut app = example("timeline").arg(text(&picture)).spawn();
    app.expect("ready");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    let svg = fs::read_to_string(&picture).unwrap();
    assert!(
        svg.starts_with("<svg ") && svg.ends_with("</svg>\n"),
        "{svg}"
    );
    let parts = [
        ": SIGTERM from pid ",
        ">the drain, ",
        "<rect ",
        ">`run`",
        "shield `commit` (examples/timeline.rs:",
        ">`run` of component `ledger`",
        ">`stop`",
        ">`stop` of component `api`, ",
        ">`stop` of component `ledger`, ",
    ];
    let missing = parts.iter().filter(|part| !svg.contains(*part));
    assert_eq!(missing.count(), 0, "{parts:?} in {svg}");
}

#[test]
fn a_picture_that_cannot_be_written_is_an_error() {
    let place = TempDir::new().unwrap();
    let picture = place.path().join("missing").join("stop.svg");
    let mut app = example("timeline").arg(text(&picture)).spawn();
    app.expect("ready");
    app.send_signal(SIGTERM);
    app.wait().assert_code(1).assert_stderr(&["cannot write"]);
}

#[test]
fn is_told_where_the_picture_goes() {
    is_misused(example("timeline"), "required arguments");
    helps("timeline");
}
