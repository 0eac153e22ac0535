//! On a terminal, by somebody who types.

use aplomb_testing::Terminal;
use nix::sys::signal::Signal::{SIGHUP, SIGINT};

use super::app::App;
use super::place::Place;
use super::stopping::insist;

#[test]
fn ctrl_c_is_typed() {
    let place = Place::new();
    let (app, mut terminal) = place.program().spawn_on_terminal();
    let app = App::of(app);
    terminal.expect(" is at http://");
    terminal.send(Terminal::CTRL_C);
    terminal.expect("stopped");
    app.wait().assert_signal(SIGINT);
    assert_eq!(place.build(), 1);
}

#[test]
fn ctrl_c_again_and_again_during_a_build() {
    let place = Place::new();
    let gate = place.gate();
    let (app, mut terminal) = place.slow(&gate).spawn_on_terminal();
    let app = App::of(app);
    gate.open();
    terminal.expect(" is at http://");
    place.write("first", "changed", "The second version.");
    terminal.expect("tool begins");
    insist(|| terminal.send(Terminal::CTRL_C));
    gate.open();
    for line in ["tool ends", "build 2: 3 pages", "stopped"] {
        terminal.expect(line);
    }
    app.wait().assert_signal(SIGINT);
    assert_eq!(place.build(), 2);
}

#[test]
fn it_is_closed_during_a_build() {
    let place = Place::new();
    let gate = place.gate();
    let (app, mut terminal) = place.slow(&gate).spawn_on_terminal();
    let app = App::of(app);
    gate.open();
    terminal.expect(" is at http://");
    place.write("first", "changed", "The second version.");
    terminal.expect("tool begins");
    drop(terminal);
    gate.open();
    app.wait().assert_signal(SIGHUP);
    assert_eq!(place.build(), 2);
}
