//! Its children do what they should not: they die, or do not end.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGABRT, SIGINT, SIGKILL, SIGSTOP, SIGTERM};
use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::app::{App, nothing_failed};
use super::place::Place;
use super::scripts;
use crate::support::left_in_session;

#[test]
fn the_server_dies() {
    for signal in [SIGKILL, SIGABRT, SIGTERM, SIGINT] {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        let server = app.child("serve");
        kill(server, signal).unwrap();
        let ending = app.finish();
        let (pid, name) = (server.to_string(), signal.as_str());
        ending
            .exited(1)
            .once("stopped")
            .complained_of(&["child `server`", &pid, name]);
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
    app.expect_complaint(&["child `server`", "SIGKILL"]);
    app.is_going_on("stopped");
    gate.open();
    let ending = app.finish();
    ending
        .exited(1)
        .in_order(&["tool ends", "build 2: 3 pages", "stopped"]);
    assert_eq!(place.build(), 2);
}

/// Also where it says that all is well: nobody has told it to end.
#[test]
fn the_server_ends_by_itself() {
    for status in ["0", "7"] {
        let place = Place::new();
        let gate = place.gate();
        let server = scripts::short_server(place.path(), &gate, status);
        let (app, _) = App::start(place.program().args(&["--server", &server]));
        gate.open();
        let ending = app.finish();
        ending.exited(1).complained_of(&["server"]);
    }
}

/// It is killed, past the time that it was given; the app says so.
#[test]
fn the_server_hears_nothing() {
    let place = Place::new();
    let server = scripts::stubborn_server(place.path());
    let (app, _) = App::start(place.program().args(&["--server", &server]));
    let since = Instant::now();
    app.signal(SIGTERM);
    let ending = app.finish();
    ending
        .exited(1)
        .never("stopped")
        .complained_of(&["the server did not end well", "SIGKILL"]);
    let took = ending.after(since);
    assert!(
        took >= Duration::from_secs(5) && took < Duration::from_secs(10),
        "{took:?}"
    );
    assert_eq!(place.build(), 1);
}

/// One that is stopped hears of its end, too.
#[test]
fn the_server_is_stopped() {
    let place = Place::new();
    let (app, _) = App::start(place.program());
    kill(app.child("serve"), SIGSTOP).unwrap();
    app.finish_by(SIGINT);
}

/// As service managers do it to all processes of a service, in whatever order.
fn ask_everybody(app: &App, main_first: bool) {
    if main_first {
        app.signal(SIGTERM);
    }
    for member in left_in_session(app.leader) {
        // It may have ended in the meantime.
        let _ = kill(Pid::from_raw(member.pid), SIGTERM);
    }
    if !main_first {
        app.signal(SIGTERM);
    }
}

#[test]
fn everybody_is_asked_to_stop() {
    for main_first in [true, false] {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        ask_everybody(&app, main_first);
        let ending = app.finish();
        ending.died_by(SIGTERM).once("stopped");
        nothing_failed(&ending);
    }
}

/// Then the tool has to end, too. Its build is not there; the one before is.
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
        let ending = app.finish();
        ending
            .died_by(SIGTERM)
            .once("stopped")
            .complained_once("the tool");
        assert_eq!(place.build(), 1);
    }
}

/// Past the deadline, which is above all: the tool is killed, and its build is not there.
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
    app.signal(SIGINT);
    let ending = app.finish_by_force();
    ending
        .exited(124)
        .complained_of(&["deadline"])
        .complained_of(&["waiting for shield `build`"]);
    let took = ending.after(since);
    assert!(took < Duration::from_secs(15), "{took:?}");
    // That was the first build.
    ending.once("tool ends");
    let (app, _) = App::start(place.program());
    app.finish_by(SIGTERM);
    assert_eq!(place.build(), 2);
}
