//! Asked to stop, in every phase, once and many times.

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};
use nix::sys::signal::killpg;

use super::app::{App, nothing_failed};
use super::place::Place;
use super::scripts;
use crate::support::{Ending, from_us, pause_past_debounce};

pub const SIGNALS: [Signal; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Ctrl-C as it is pressed by somebody who has lost patience: some at once, some one after the other.
pub fn insist(mut press: impl FnMut()) {
    for _ in 0..3 {
        press();
        press();
        pause_past_debounce();
    }
}

#[track_caller]
pub fn stopped_by(ending: &Ending, signal: Signal) {
    let reason = format!("stopping: {signal} {}", from_us());
    ending.died_by(signal).in_order(&[&reason, "stopped"]);
    nothing_failed(ending);
}

#[test]
fn while_it_waits() {
    for signal in SIGNALS {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        app.reaps();
        let ending = app.finish_by(signal);
        stopped_by(&ending, signal);
        assert_eq!(place.build(), 1);
    }
}

/// As a terminal does it, and some who end programs.
#[test]
fn with_its_group() {
    for signal in SIGNALS {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        killpg(app.leader, signal).unwrap();
        let ending = app.finish();
        stopped_by(&ending, signal);
    }
}

#[test]
fn the_pause_before_a_build_is_cut() {
    for signal in SIGNALS {
        let place = Place::new();
        let (mut app, _) = App::start(place.program().args(&["--settle", "3600000"]));
        place.write("first", "changed", "The second version.");
        app.expect("a page has changed");
        app.finish_by(signal).never("build 2: 3 pages");
        assert_eq!(place.build(), 1);
    }
}

#[test]
fn a_build_in_hand_comes_to_its_end() {
    for signal in SIGNALS {
        for to_group in [false, true] {
            let place = Place::new();
            let gate = place.gate();
            let mut app = App::spawn(place.slow(&gate));
            gate.open();
            app.is_up();
            place.write("first", "changed", "The second version.");
            app.expect("tool begins");
            app.accepts(signal);
            let send = |signal| {
                if to_group {
                    killpg(app.leader, signal).unwrap();
                } else {
                    app.signal(signal);
                }
            };
            insist(|| send(SIGINT));
            for signal in SIGNALS {
                send(signal);
            }
            app.is_going_on("build 2: 3 pages");
            assert_eq!(
                place.output().join("current").read_link().unwrap().to_str(),
                Some("builds/1")
            );
            gate.open();
            let ending = app.finish();
            stopped_by(&ending, signal);
            ending
                .in_order(&["tool ends", "build 2: 3 pages", "stopped"])
                .complained_of(&["waiting for shield `build`"]);
            let build = place.check().unwrap();
            assert_eq!(build.number, 2);
            assert_eq!(build.titles, place.titles());
        }
    }
}

#[test]
fn in_start_during_the_first_build() {
    for signal in SIGNALS {
        let place = Place::new();
        let gate = place.gate();
        let mut app = App::spawn(place.slow(&gate));
        app.expect("tool begins");
        app.accepts(signal);
        insist(|| app.signal(SIGINT));
        app.is_going_on("stopped");
        gate.open();
        let ending = app.finish();
        stopped_by(&ending, signal);
        ending.in_order(&["tool ends", "build 1: 3 pages", "stopped"]);
        assert_eq!(place.build(), 1);
    }
}

#[test]
fn in_start_while_the_server_starts() {
    for signal in SIGNALS {
        let place = Place::new();
        let gate = place.gate();
        let server = scripts::slow_server(place.path(), &gate);
        let mut app = App::spawn(place.program().args(&["--server", &server]));
        app.expect_complaint(&[scripts::NOT_READY]);
        app.accepts(signal);
        insist(|| app.signal(SIGINT));
        app.is_going_on("stopped");
        gate.open();
        stopped_by(&app.finish(), signal);
        assert_eq!(place.build(), 1);
    }
}

#[test]
fn in_stop() {
    for signal in SIGNALS {
        let place = Place::new();
        let gate = place.gate();
        let server = scripts::lingering_server(place.path(), &gate);
        let (mut app, _) = App::start(place.program().args(&["--server", &server]));
        app.accepts(signal);
        app.expect("server ends");
        insist(|| app.signal(SIGINT));
        for _ in 0..20 {
            app.signal(SIGTERM);
        }
        app.is_going_on("stopped");
        gate.open();
        stopped_by(&app.finish(), signal);
        assert_eq!(place.build(), 1);
    }
}

/// It is stopped as by Ctrl-Z, and asked to end; it does when it goes on.
#[test]
fn while_it_is_stopped() {
    let place = Place::new();
    let (app, _) = App::start(place.program());
    app.stop(Signal::SIGSTOP);
    app.signal(SIGTERM);
    app.is_going_on("stopped");
    app.signal(Signal::SIGCONT);
    let ending = app.finish();
    stopped_by(&ending, SIGTERM);
}

/// Up to the moment that it has ended: it may be ending when the next one comes.
#[test]
fn a_storm() {
    for signal in SIGNALS {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        app.accepts(signal);
        while !app.has_ended() {
            for signal in SIGNALS {
                app.signal(signal);
            }
        }
        let ending = app.finish();
        ending.died_by(signal).once("stopped");
        assert_eq!(place.build(), 1);
    }
}
