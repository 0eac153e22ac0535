//! At 20 moments between its birth and the time that it is up, and soon after.

use std::time::Instant;

use aplomb_testing::wait_until;
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGKILL, SIGTERM};

use super::app::{App, nothing_failed};
use super::place::Place;

const MOMENTS: u32 = 20;

/// Has it asked to stop by `stop` at each moment, in the middle of whatever it is doing.
fn at_each_moment(mut stop: impl FnMut(&Place, App)) {
    let place = Place::new();
    let began = Instant::now();
    let (app, _) = App::start(place.program());
    let start = began.elapsed();
    app.stop_by(SIGTERM);
    for moment in 0..MOMENTS {
        let began = Instant::now();
        let app = App::spawn(place.program());
        // The last ones are past the start.
        let at = start * moment * 6 / 5 / MOMENTS;
        wait_until("it is time", || began.elapsed() >= at);
        stop(&place, app);
    }
}

#[test]
fn of_its_start() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        at_each_moment(|place, app| {
            app.send_signal(signal);
            let output = app.wait();
            output.assert_signal(signal);
            nothing_failed(&output);
            place.build();
        });
    }
}

/// A second one follows at once, and then others.
#[test]
fn of_its_start_with_more_behind() {
    at_each_moment(|place, app| {
        for signal in [SIGTERM, SIGINT, SIGINT, SIGHUP] {
            app.send_signal(signal);
        }
        nothing_failed(&app.wait());
        place.build();
    });
}

/// What is half is removed by the next start.
#[test]
fn of_its_start_by_sigkill() {
    at_each_moment(|place, app| {
        app.send_signal(SIGKILL);
        app.wait_forced().assert_signal(SIGKILL).assert_no_stderr();
        let (app, _) = App::start(place.program());
        app.stop_by(SIGTERM);
        place.build();
    });
}

/// Each page that is written begins a build, so there is always one at work when the signal comes.
#[test]
fn of_its_life() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let place = Place::new();
        for moment in 0..MOMENTS {
            let (mut app, _) = App::start(place.program());
            for change in 0..=moment % 4 {
                place.write("index", &format!("{moment} {change}"), "Again.");
            }
            if moment % 2 == 0 {
                app.expect("a page has changed");
            }
            app.stop_by(signal);
            place.build();
        }
    }
}
