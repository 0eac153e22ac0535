//! Keys that are signals, at a terminal.

use aplomb_testing::Terminal;
use nix::sys::signal::Signal::{SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

use super::{REGISTERED, report_of, sigdemo};

#[test]
fn ctrl_c_ends_it_where_it_is_not_named() {
    let (app, mut terminal) = sigdemo(&["USR1"]).spawn_on_terminal();
    terminal.expect("reports SIGUSR1");
    terminal.send(Terminal::CTRL_C);
    terminal.expect("stopping: SIGINT\r\n");
    terminal.expect(REGISTERED[0]);
    terminal.expect(REGISTERED[1]);
    app.wait().assert_signal(SIGINT);
}

#[test]
fn keys_are_reported_where_they_are_named() {
    let (app, mut terminal) = sigdemo(&["INT", "QUIT", "TSTP"]).spawn_on_terminal();
    terminal.expect("reports SIGINT SIGQUIT SIGTSTP");
    for count in 1..=3 {
        for (key, signal) in [
            (Terminal::CTRL_C, SIGINT),
            (Terminal::CTRL_BACKSLASH, SIGQUIT),
            (Terminal::CTRL_Z, SIGTSTP),
        ] {
            terminal.send(key);
            terminal.expect(&report_of(signal, count));
        }
    }
    app.send_signal(SIGTERM);
    terminal.expect("calls for SIGTSTP: 3");
    terminal.expect(REGISTERED[1]);
    app.wait().assert_signal(SIGTERM);
}

/// The way out that always works: at once, and nothing runs.
#[test]
fn ctrl_backslash_ends_it_at_once() {
    let program = sigdemo(&["USR1"]).in_shell("ulimit -c 0; exec \"$@\"");
    let (app, mut terminal) = program.spawn_on_terminal();
    terminal.expect("reports SIGUSR1");
    terminal.send(Terminal::CTRL_BACKSLASH);
    app.wait().assert_signal(SIGQUIT);
    assert!(!terminal.has_printed("exit function"));
}
