//! Stopped while many clients write and read.

use std::time::{Duration, Instant};

use aplomb_testing::wait_until;
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGKILL, SIGTERM};

use super::client::{Client, request};
use super::load::{Account, Load, Manners};
use super::service::{Place, id};

/// As in `examples/notes/main.rs`, and a little less, since two clocks are read.
const DRAIN: Duration = Duration::from_millis(950);

const CLIENTS: usize = 8;

/// What was acknowledged is there, and nothing is there that nobody has sent.
#[track_caller]
fn expect_kept(place: &Place, account: &Account) {
    let notes = place.notes();
    for (id, text) in &account.acknowledged {
        assert_eq!(notes.get(id), Some(text), "note {id} was acknowledged");
    }
    let more = notes.len() - account.acknowledged.len();
    assert!(
        more <= account.unanswered.len(),
        "{more} notes from nowhere"
    );
    place.expect_sound();
}

/// A request that was sent before the drain was over is answered, and well, whether on a connection of
/// before or on a new one; and nobody is refused until then. Who comes later gets an answer or
/// none, and never a wrong one.
#[track_caller]
fn answers_all_that_are_let_in(signal: Signal, moments: [usize; 4]) {
    for moment in moments {
        let place = Place::new();
        let service = place.start();
        let load = Load::start(service.address, CLIENTS, Manners::Stubborn);
        wait_until("requests are answered", || load.answered() >= moment);
        let since = Instant::now();
        service.app.send_signal(signal);
        let output = service.app.wait();
        let account = load.wait();
        output.assert_signal(signal).assert_no_stderr();
        assert_eq!(account.wrong, [""; 0]);
        for (sent, error) in &account.unanswered {
            let after = sent.saturating_duration_since(since);
            assert!(after >= DRAIN, "no answer to one of {after:?}: {error}");
        }
        let written = account.acknowledged.len();
        assert!(account.answered > moment && written > 0);
        place.expect_closed();
        expect_kept(&place, &account);
    }
}

#[test]
fn all_that_are_let_in_are_answered() {
    answers_all_that_are_let_in(SIGTERM, [0, 1, 5, 200]);
}

#[test]
fn all_that_are_let_in_are_answered_at_ctrl_c() {
    answers_all_that_are_let_in(SIGINT, [2, 8, 40, 300]);
}

#[test]
fn all_that_are_let_in_are_answered_when_the_terminal_is_closed() {
    answers_all_that_are_let_in(SIGHUP, [3, 13, 100, 400]);
}

/// Behind a load balancer nobody notices anything.
#[test]
fn behind_a_load_balancer_not_one_request_fails() {
    for moment in [0, 10, 50, 200] {
        let place = Place::new();
        let service = place.start();
        let load = Load::start(service.address, CLIENTS, Manners::Balanced);
        wait_until("requests are answered", || load.answered() >= moment);
        service.app.send_signal(SIGTERM);
        wait_until("it is not ready", || {
            let mut prober = service.client();
            let answer = prober.get("/ready").unwrap();
            answer.status == 503 && answer.is_last
        });
        // Until the load balancer has seen it too, clients are served as before.
        let late = service.client().post("in the drain").unwrap();
        assert_eq!((late.status, late.is_last), (201, true));
        load.turn_away();
        let account = load.wait();
        service.app.wait().assert_signal(SIGTERM).assert_no_stderr();
        assert_eq!(account.wrong, [""; 0]);
        assert!(account.unanswered.is_empty(), "{:?}", account.unanswered);
        place.expect_closed();
        let mut acknowledged = account.acknowledged;
        acknowledged.insert(id(&late.body), "in the drain".to_owned());
        assert_eq!(place.notes(), acknowledged);
    }
}

/// No way to stop it, and still nothing is lost.
#[test]
fn killed_it_has_all_that_it_has_acknowledged() {
    for moment in [1, 10, 100] {
        let place = Place::new();
        let service = place.start();
        let load = Load::start(service.address, CLIENTS, Manners::Stubborn);
        wait_until("requests are answered", || load.answered() >= moment);
        service.app.send_signal(SIGKILL);
        service.app.wait().assert_signal(SIGKILL);
        expect_kept(&place, &load.wait());
        place.expect_closed();
    }
}

/// Clients that do not wait for their answers: whole notes or none.
#[test]
fn clients_may_hang_up() {
    let place = Place::new();
    let service = place.start();
    for number in 0..200 {
        // On a slow machine the last ones may find the door closed.
        if let Ok(mut client) = Client::connect(service.address) {
            let _ = client.send(&request("POST", "/notes", "hung up"));
        }
        if number == 150 {
            service.app.send_signal(SIGTERM);
        }
    }
    let output = service.app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    place.expect_closed();
    let notes = place.notes();
    assert!(notes.values().all(|text| text == "hung up"));
    output.assert_once(&format!("notes written: {}", notes.len()));
    place.expect_sound();
}
