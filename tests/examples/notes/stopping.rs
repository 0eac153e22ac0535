//! Stopped at any moment, and started again.

use std::fs;

use aplomb_testing::{Capability, Child, wait_until};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGKILL, SIGTERM};

use super::service::{Place, Service, exists};
use crate::examples::program::{example, text};
use crate::support::{available, from_us};

#[test]
fn it_can_be_started_again_on_the_same_port_at_once() {
    let place = Place::new();
    let mut service = place.start();
    let port = service.address.port().to_string();
    for (number, signal) in [SIGTERM, SIGKILL, SIGINT, SIGHUP].into_iter().enumerate() {
        let mut client = service.client();
        assert_eq!(client.post("a note").unwrap().status, 201);
        // With the connection open, so that its end stays with the service's side.
        service.app.send_signal(signal);
        service.app.wait().assert_signal(signal).assert_no_stderr();
        client.expect_end();
        let again = example("notes").args(["--port", &port, "--database"]);
        service = Service::start(again.args([text(&place.database())]));
        assert_eq!(service.notes().len(), number + 1);
    }
    service.stop_by(SIGTERM);
    place.expect_closed();
}

/// Whether it has a database already or not: what there is afterwards is one, or nothing.
#[test]
fn a_signal_may_come_at_its_birth() {
    let place = Place::new();
    for signal in [SIGTERM, SIGINT, SIGHUP].into_iter().cycle().take(24) {
        let service = place.program().spawn();
        service.send_signal(signal);
        service.wait().assert_signal(signal).assert_no_stderr();
        place.expect_closed();
        if exists(&place.database()) {
            place.expect_sound();
        }
    }
    assert!(place.notes().is_empty());
}

/// One that comes while it starts: it has opened all, and closes it again.
#[test]
fn a_signal_in_start_is_kept_until_start_has_ended() {
    if !available(
        Capability::Linux,
        "a_signal_in_start_is_kept_until_start_has_ended",
    ) {
        return;
    }
    let place = Place::new();
    place.notes();
    // `start` waits for whoever else writes.
    let other = place.lock_with(&["PRAGMA user_version = 0", "DROP TABLE note"]);
    let app = place.program().spawn();
    until_held(&app, &place);
    app.send_signal(SIGTERM);
    app.assert_running_without("notes written: 0");
    other.execute_batch("COMMIT").unwrap();
    drop(other);
    let stopping = format!("stopping: {}", from_us(SIGTERM));
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&[&stopping, "notes written: 0"])
        .assert_no_stderr();
    place.expect_closed();
    assert!(place.notes().is_empty());
}

/// Returns when the program has the database open.
fn until_held(app: &Child, place: &Place) {
    let files = format!("/proc/{}/fd", app.pid());
    wait_until("the database is open", || {
        let Ok(files) = fs::read_dir(&files) else {
            return false;
        };
        let mut files = files.flatten().flat_map(|file| file.path().read_link());
        files.any(|file| file == place.database())
    });
}
