use aplomb_testing::{Child, Modes, Terminal};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};

use super::program::example;

const ENTERS: &str = "\x1b[?1049h\x1b[?25l";
const LEAVES: &str = "\x1b[?25h\x1b[?1049l";

/// Starts it, and waits until it has drawn. Returns the modes that the terminal had before as well.
fn start() -> (Child, Terminal, Modes) {
    let before = {
        let (_app, terminal) = example("screen").in_shell("cat").spawn_on_terminal();
        terminal.modes()
    };
    let (app, mut terminal) = example("screen").spawn_on_terminal();
    terminal.expect(ENTERS);
    terminal.expect("0 keys so far");
    assert_ne!(terminal.modes(), before, "it takes each key");
    (app, terminal, before)
}

#[test]
fn it_takes_keys_until_q() {
    let (app, mut terminal, before) = start();
    terminal.send("ab");
    terminal.expect("2 keys so far");
    terminal.send("q");
    terminal.expect(LEAVES);
    app.wait().assert_code(0);
    assert_eq!(terminal.modes(), before);
}

#[test]
fn it_leaves_the_screen_at_each_signal() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let (app, mut terminal, before) = start();
        if signal == SIGINT {
            terminal.send(Terminal::CTRL_C);
        } else {
            app.send_signal(signal);
        }
        terminal.expect(LEAVES);
        app.wait().assert_signal(signal);
        assert_eq!(terminal.modes(), before);
    }
}

/// A shell gets its terminal back while it is stopped, and it draws anew when it goes on.
#[test]
fn it_is_stopped_and_goes_on() {
    let script = "set -m; \"$@\"; echo \"stopped $?\"; stty -a; read -r go; fg; echo \"ended $?\"";
    let (shell, mut terminal) = example("screen").in_shell(script).spawn_on_terminal();
    terminal.expect(ENTERS);
    terminal.expect("keys so far");
    terminal.send(Terminal::CTRL_Z);
    terminal.expect(LEAVES);
    terminal.expect("stopped ");
    let modes = terminal.expect("echoctl");
    assert!(modes.contains(" icanon "), "{modes}");
    terminal.send("\n");
    terminal.expect(ENTERS);
    terminal.expect("keys so far");
    terminal.send("q");
    terminal.expect(LEAVES);
    terminal.expect("ended 0");
    shell.wait().assert_code(0);
}

/// Nothing stops it there, and the terminal stays as the shell has set it.
#[test]
fn it_ends_in_the_background() {
    let script = "set -m; \"$@\"; stty -ixon; echo stopped; read -r go; kill -TERM %1; bg; wait %1; echo \"ended $?\"; read -r go";
    let (shell, mut terminal) = example("screen").in_shell(script).spawn_on_terminal();
    terminal.expect("keys so far");
    terminal.send(Terminal::CTRL_Z);
    terminal.expect("stopped");
    let modes = terminal.modes();
    terminal.send("\n");
    let said = terminal.expect("ended 143");
    assert!(!said.contains('\x1b'), "{said:?}");
    assert_eq!(terminal.modes(), modes);
    terminal.send("\n");
    shell.wait().assert_code(0);
}
