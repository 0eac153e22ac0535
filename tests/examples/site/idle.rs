//! Nothing happens, and nobody does anything.

use std::time::Duration;

use aplomb_testing::{Session, assert_idle};
use nix::sys::signal::Signal::SIGTERM;

use super::app::App;
use super::place::Place;

#[test]
fn nobody_is_woken() {
    let place = Place::new();
    let (mut app, _) = App::start(place.program());
    place.write("first", "changed", "The second version.");
    app.expect("build 2: 3 pages");
    let members = Session::of(app.leader).processes();
    assert_eq!(members.len(), 2, "the app and its server: {members:?}");
    let pids = members.iter().map(|member| member.pid);
    assert_idle(pids, Duration::from_secs(5));
    app.stop_by(SIGTERM);
}
