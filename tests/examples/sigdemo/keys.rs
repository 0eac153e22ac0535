//! Keys that are signals, at a terminal.

use nix::sys::signal::Signal::{SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

use super::{REGISTERED, report_of, sigdemo};
use crate::support::shell;

const CTRL_C: &str = "\x03";
const CTRL_BACKSLASH: &str = "\x1c";
const CTRL_Z: &str = "\x1a";

#[test]
fn ctrl_c_ends_it_where_it_is_not_named() {
    let (app, mut terminal) = sigdemo(&["USR1"]).spawn_on_terminal();
    terminal.expect("reports SIGUSR1");
    terminal.type_in(CTRL_C);
    terminal.expect("stopping: SIGINT\r\n");
    terminal.expect(REGISTERED[0]);
    terminal.expect(REGISTERED[1]);
    app.finish().died_by(SIGINT);
}

#[test]
fn keys_are_reported_where_they_are_named() {
    let (app, mut terminal) = sigdemo(&["INT", "QUIT", "TSTP"]).spawn_on_terminal();
    terminal.expect("reports SIGINT SIGQUIT SIGTSTP");
    for count in 1..=3 {
        for (key, signal) in [
            (CTRL_C, SIGINT),
            (CTRL_BACKSLASH, SIGQUIT),
            (CTRL_Z, SIGTSTP),
        ] {
            terminal.type_in(key);
            terminal.expect(&report_of(signal, count));
        }
    }
    app.signal(SIGTERM);
    terminal.expect("calls for SIGTSTP: 3");
    terminal.expect(REGISTERED[1]);
    app.finish().died_by(SIGTERM);
}

/// The way out that always works: at once, and nothing runs.
#[test]
fn ctrl_backslash_ends_it_at_once() {
    let program = shell("ulimit -c 0; exec \"$@\"", &sigdemo(&["USR1"]));
    let (app, mut terminal) = program.spawn_on_terminal();
    terminal.expect("reports SIGUSR1");
    terminal.type_in(CTRL_BACKSLASH);
    app.finish().died_by(SIGQUIT);
    assert!(!terminal.shows("exit function"));
}
