use aplomb_testing::{Child, Terminal, wait_until};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};

use super::program::example;

/// Starts it on a terminal that shows what is typed, and waits until it does not.
fn start() -> (Child, Terminal) {
    let script = "stty echo; exec \"$@\"";
    let (app, mut terminal) = example("password").in_shell(script).spawn_on_terminal();
    terminal.expect("password: ");
    wait_until("what is typed is not shown", || !terminal.shows_keys());
    (app, terminal)
}

#[test]
fn a_password_is_not_shown() {
    let (app, mut terminal) = start();
    terminal.send("swordfish\n");
    let shown = terminal.expect("9 characters");
    assert!(!shown.contains("swordfish"), "{shown:?}");
    app.wait().assert_code(0);
    assert!(terminal.shows_keys());
}

#[test]
fn one_signal_ends_the_prompt_and_keys_are_shown_again() {
    let typed = |_: &Child, terminal: &mut Terminal| terminal.send(Terminal::CTRL_C);
    ended(SIGINT, typed);
    for signal in [SIGTERM, SIGHUP] {
        ended(signal, |app, _| app.send_signal(signal));
    }
}

fn ended(signal: Signal, ask: impl Fn(&Child, &mut Terminal)) {
    let (app, mut terminal) = start();
    terminal.send("swordfi");
    ask(&app, &mut terminal);
    app.wait().assert_signal(signal);
    assert!(terminal.shows_keys());
}
