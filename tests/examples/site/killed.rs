//! Killed, with its children: the kernel ends those, and the next start finds the site whole.

use nix::sys::signal::Signal::{SIGKILL, SIGTERM};

use super::app::App;
use super::place::Place;
use super::scripts;

/// Kills it, and starts it once more.
#[track_caller]
fn kill(place: &Place, app: App, build: u64) {
    app.send_signal(SIGKILL);
    app.wait_forced().assert_signal(SIGKILL);
    let (app, _) = App::start(place.program());
    app.stop_by(SIGTERM);
    assert_eq!(place.build(), build);
}

#[test]
fn while_it_waits() {
    let place = Place::new();
    let (app, _) = App::start(place.program());
    kill(&place, app, 2);
}

#[test]
fn with_the_tool_in_work() {
    let place = Place::new();
    let gate = place.gate();
    let mut app = App::spawn(place.slow(&gate));
    gate.open();
    app.is_up();
    place.write("first", "changed", "The second version.");
    app.expect("tool begins");
    // The build that was killed is not the second one.
    kill(&place, app, 2);
}

#[test]
fn in_start_with_the_tool_in_work() {
    let place = Place::new();
    let gate = place.gate();
    let mut app = App::spawn(place.slow(&gate));
    app.expect("tool begins");
    kill(&place, app, 1);
}

#[test]
fn while_its_server_starts() {
    let place = Place::new();
    let gate = place.gate();
    let server = scripts::slow_server(place.path(), &gate);
    let mut app = App::spawn(place.program().args(["--server", &server]));
    app.expect_stderr(&[scripts::NOT_READY]);
    kill(&place, app, 2);
}

#[test]
fn while_it_stops() {
    let place = Place::new();
    let gate = place.gate();
    let server = scripts::lingering_server(place.path(), &gate);
    let (mut app, _) = App::start(place.program().args(["--server", &server]));
    app.send_signal(SIGTERM);
    app.expect("server ends");
    kill(&place, app, 2);
}

#[test]
fn with_a_server_that_hears_nothing() {
    let place = Place::new();
    let server = scripts::stubborn_server(place.path());
    let (app, _) = App::start(place.program().args(["--server", &server]));
    kill(&place, app, 2);
}
