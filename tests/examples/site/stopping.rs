//! The app is asked to stop, in every phase, once and many times.

use aplomb_testing::Output;
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};

use super::app::{App, nothing_failed};
use super::place::Place;
use super::scripts;
use crate::support::{from_us, pause_past_debounce};

pub const SIGNALS: [Signal; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Presses Ctrl-C as somebody does who has lost patience: some at once, some one after the other.
pub fn insist(mut press: impl FnMut()) {
    for _ in 0..3 {
        press();
        press();
        pause_past_debounce();
    }
}

#[track_caller]
pub fn stopped_by(output: &Output, signal: Signal) {
    let reason = format!("stopping: {}", from_us(signal));
    output
        .assert_signal(signal)
        .assert_in_order(&[&reason, "stopped"]);
    nothing_failed(output);
}

#[test]
fn while_it_waits() {
    for signal in SIGNALS {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        app.reaps();
        let output = app.stop_by(signal);
        stopped_by(&output, signal);
        assert_eq!(place.build(), 1);
    }
}

/// The signal goes to the whole process group, as a terminal sends it.
#[test]
fn with_its_group() {
    for signal in SIGNALS {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        app.send_signal_to_group(signal);
        let output = app.wait();
        stopped_by(&output, signal);
    }
}

#[test]
fn the_pause_before_a_build_is_cut() {
    for signal in SIGNALS {
        let place = Place::new();
        let (mut app, _) = App::start(place.program().args(["--settle", "3600000"]));
        place.write("first", "changed", "The second version.");
        app.expect("a page has changed");
        app.stop_by(signal).assert_never("build 2: 3 pages");
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
                    app.send_signal_to_group(signal);
                } else {
                    app.send_signal(signal);
                }
            };
            insist(|| send(SIGINT));
            for signal in SIGNALS {
                send(signal);
            }
            app.assert_running_without("build 2: 3 pages");
            assert_eq!(
                place.output().join("current").read_link().unwrap().to_str(),
                Some("builds/1")
            );
            gate.open();
            let output = app.wait();
            stopped_by(&output, signal);
            output
                .assert_in_order(&["tool ends", "build 2: 3 pages", "stopped"])
                .assert_stderr(&["waiting for shield `build`"]);
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
        insist(|| app.send_signal(SIGINT));
        app.assert_running_without("stopped");
        gate.open();
        let output = app.wait();
        stopped_by(&output, signal);
        output.assert_in_order(&["tool ends", "build 1: 3 pages", "stopped"]);
        assert_eq!(place.build(), 1);
    }
}

#[test]
fn in_start_while_the_server_starts() {
    for signal in SIGNALS {
        let place = Place::new();
        let gate = place.gate();
        let server = scripts::slow_server(place.path(), &gate);
        let mut app = App::spawn(place.program().args(["--server", &server]));
        app.expect_stderr(&[scripts::NOT_READY]);
        app.accepts(signal);
        insist(|| app.send_signal(SIGINT));
        app.assert_running_without("stopped");
        gate.open();
        stopped_by(&app.wait(), signal);
        assert_eq!(place.build(), 1);
    }
}

#[test]
fn in_stop() {
    for signal in SIGNALS {
        let place = Place::new();
        let gate = place.gate();
        let server = scripts::lingering_server(place.path(), &gate);
        let (mut app, _) = App::start(place.program().args(["--server", &server]));
        app.accepts(signal);
        app.expect("server ends");
        insist(|| app.send_signal(SIGINT));
        for _ in 0..20 {
            app.send_signal(SIGTERM);
        }
        app.assert_running_without("stopped");
        gate.open();
        stopped_by(&app.wait(), signal);
        assert_eq!(place.build(), 1);
    }
}

/// The app is stopped as by Ctrl-Z, and asked to end. It ends when it goes on.
#[test]
fn while_it_is_stopped() {
    let place = Place::new();
    let (app, _) = App::start(place.program());
    app.suspend(Signal::SIGSTOP);
    app.send_signal(SIGTERM);
    app.assert_running_without("stopped");
    app.send_signal(Signal::SIGCONT);
    let output = app.wait();
    stopped_by(&output, SIGTERM);
}

/// Signals come until the app has ended, so some of them come while it is ending.
#[test]
fn a_storm() {
    for signal in SIGNALS {
        let place = Place::new();
        let (app, _) = App::start(place.program());
        app.accepts(signal);
        while !app.has_exited() {
            for signal in SIGNALS {
                app.send_signal(signal);
            }
        }
        let output = app.wait();
        output.assert_signal(signal).assert_once("stopped");
        assert_eq!(place.build(), 1);
    }
}
