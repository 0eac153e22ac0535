//! Children of the app that do what they should not: they die, or do not end.

use std::time::{Duration, Instant};

use aplomb_testing::Session;
use nix::sys::signal::Signal::{SIGABRT, SIGINT, SIGKILL, SIGSTOP, SIGTERM};
use nix::sys::signal::kill;

use super::app::{App, nothing_failed};
use super::place::Place;
use super::scripts;

#[test]
fn the_server_dies() {
    for signal in [SIGKILL, SIGABRT, SIGTERM, SIGINT] {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        let server = app.child("serve");
        kill(server, signal).unwrap();
        let output = app.wait();
        let (pid, name) = (server.to_string(), signal.as_str());
        output
            .assert_code(1)
            .assert_once("stopped")
            .assert_stderr(&["child `server`", &pid, name]);
        assert_eq!(place.build(), 1);
    }
}

#[test]
fn the_server_dies_during_a_build() {
    let place = Place::new();
    let gate = place.gate();
    let mut app = App::spawn(place.slow(&gate));
    gate.open();
    app.is_up();
    place.write("first", "changed", "The second version.");
    app.expect("tool begins");
    kill(app.child("serve"), SIGKILL).unwrap();
    app.expect_stderr(&["child `server`", "SIGKILL"]);
    app.assert_running_without("stopped");
    gate.open();
    let output = app.wait();
    output
        .assert_code(1)
        .assert_in_order(&["tool ends", "build 2: 3 pages", "stopped"]);
    assert_eq!(place.build(), 2);
}

/// A server that ends by itself is a failure even if its status says success, since nobody has told it to end.
#[test]
fn the_server_ends_by_itself() {
    for status in ["0", "7"] {
        let place = Place::new();
        let gate = place.gate();
        let server = scripts::short_server(place.path(), &gate, status);
        let (app, _) = App::start(place.program().args(["--server", &server]));
        gate.open();
        let output = app.wait();
        output.assert_code(1).assert_stderr(&["server"]);
    }
}

/// The server is killed when its time is over, and the app says so.
#[test]
fn the_server_hears_nothing() {
    let place = Place::new();
    let server = scripts::stubborn_server(place.path());
    let (app, _) = App::start(place.program().args(["--server", &server]));
    let since = Instant::now();
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_code(1)
        .assert_never("stopped")
        .assert_stderr(&["the server did not end well", "SIGKILL"]);
    let took = output.duration_since(since);
    assert!(
        took >= Duration::from_secs(5) && took < Duration::from_secs(10),
        "{took:?}"
    );
    assert_eq!(place.build(), 1);
}

/// A server that is stopped by a signal is still told to end, and ends.
#[test]
fn the_server_is_stopped() {
    let place = Place::new();
    let (app, _) = App::start(place.program());
    kill(app.child("serve"), SIGSTOP).unwrap();
    app.stop_by(SIGINT);
}

/// Sends SIGTERM to all processes, as service managers do, in either order.
fn ask_everybody(app: &App, main_first: bool) {
    if main_first {
        app.send_signal(SIGTERM);
    }
    for member in Session::of(app.leader).others() {
        // This process may have ended in the meantime.
        let _ = kill(member.pid, SIGTERM);
    }
    if !main_first {
        app.send_signal(SIGTERM);
    }
}

#[test]
fn everybody_is_asked_to_stop() {
    for main_first in [true, false] {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        ask_everybody(&app, main_first);
        let output = app.wait();
        output.assert_signal(SIGTERM).assert_once("stopped");
        nothing_failed(&output);
    }
}

/// The signal ends the tool, too. So its build is not published, and the one before stays.
#[test]
fn everybody_is_asked_to_stop_during_a_build() {
    for main_first in [true, false] {
        let place = Place::new();
        let gate = place.gate();
        let mut app = App::spawn(place.slow(&gate));
        gate.open();
        app.is_up();
        place.write("first", "changed", "The second version.");
        app.expect("tool begins");
        ask_everybody(&app, main_first);
        let output = app.wait();
        output
            .assert_signal(SIGTERM)
            .assert_once("stopped")
            .assert_stderr_once(&["the tool"]);
        assert_eq!(place.build(), 1);
    }
}

/// The tool does not end before the deadline. So it is killed, and its build is not published.
#[test]
fn the_tool_does_not_end() {
    let place = Place::new();
    let gate = place.gate();
    let mut app = App::spawn(place.slow(&gate));
    gate.open();
    app.is_up();
    place.write("first", "changed", "The second version.");
    app.expect("tool begins");
    let since = Instant::now();
    app.send_signal(SIGINT);
    let output = app.wait_forced();
    output
        .assert_code(124)
        .assert_stderr(&["deadline"])
        .assert_stderr(&["waiting for shield `build`"]);
    let took = output.duration_since(since);
    assert!(took < Duration::from_secs(15), "{took:?}");
    // The tool has ended only once, in the first build.
    output.assert_once("tool ends");
    let (app, _) = App::start(place.program());
    app.stop_by(SIGTERM);
    assert_eq!(place.build(), 2);
}
