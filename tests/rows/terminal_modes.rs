//! The modes of the terminal, which are as before when an app has ended that restores them.

use aplomb_testing::{
    Capability, Child, Command, Modes, Process, SignalField, SignalSet, Terminal, wait_until,
};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTTOU};
use nix::unistd::Pid;

use crate::programs::{phases, scene};
use crate::support::{available, pause_past_debounce};

/// An app whose `run` changes the modes when it gets a line, and then, when it gets another one, does this.
fn changing(then: &str, options: &[&str]) -> Command {
    let run = format!("run=read,cbreak,say:changed,read,say:going on,{then}");
    phases(&[&[&*run], options].concat())
}

/// Has the modes changed. Returns what they were before.
fn change(terminal: &mut Terminal) -> Modes {
    terminal.expect("R+");
    let first = terminal.modes();
    terminal.send("\n");
    terminal.expect("changed");
    assert_ne!(terminal.modes(), first, "they were to be changed");
    terminal.send("\n");
    // A key that sends a signal would discard the line as long as nobody has read it.
    terminal.expect("going on");
    first
}

/// An app that restores the terminal, in the state in which it has changed the modes.
fn changed(then: &str, options: &[&str]) -> (Child, Terminal, Modes) {
    let options = [&["terminal=restore"], options].concat();
    let (app, mut terminal) = changing(then, &options).spawn_on_terminal();
    let first = change(&mut terminal);
    (app, terminal, first)
}

/// How an app ends.
enum End {
    Code(i32),
    By(Signal),
}
use End::{By, Code};

#[track_caller]
fn assert_restored(app: Child, terminal: &Terminal, first: &Modes, end: &End) {
    let output = app.wait();
    match *end {
        Code(code) => output.assert_code(code),
        By(signal) => output.assert_signal(signal),
    };
    assert_eq!(&terminal.modes(), first, "they were to be as before");
}

#[test]
fn row_177_the_terminal_is_restored_when_run_ends() {
    if !available(Capability::Linux, "row_177") {
        return;
    }
    let hang_in_stop = ["stop=hang", "timeout-stop=100"];
    let ends = [
        ("ok", &[][..], Code(0)),
        ("code:3", &[], Code(3)),
        ("err:no", &[], Code(1)),
        ("panic:no", &[], Code(101)),
        ("exit:3", &[], Code(3)),
        ("thread:other,hang", &["other=exit:3"], Code(3)),
        (
            "thread:other,hang",
            &["other=request-exit:3", "deadline=100"],
            Code(124),
        ),
        ("ok", &hang_in_stop, Code(124)),
        ("raise:TERM,ok", &["exit=code"], Code(143)),
        // These are the descriptors of the library, of which that of the terminal is one.
        ("close-from:512,ok", &[], Code(1)),
    ];
    for (then, options, end) in ends {
        let (app, terminal, first) = changed(then, options);
        assert_restored(app, &terminal, &first, &end);
    }
}

/// A `start` that fails, and what takes it back.
#[test]
fn row_177_the_terminal_is_restored_when_start_fails() {
    let script = ["start=read,cbreak,say:changed,err:no", "terminal=restore"];
    let (app, mut terminal) = phases(&script).spawn_on_terminal();
    terminal.expect("S+");
    let first = terminal.modes();
    terminal.send("\n");
    terminal.expect("changed");
    assert_restored(app, &terminal, &first, &Code(1));
}

#[test]
fn row_177_the_terminal_is_restored_when_a_signal_ends_the_app() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let (app, terminal, first) = changed("wait", &[]);
        app.send_signal(signal);
        assert_restored(app, &terminal, &first, &By(signal));
    }
}

#[test]
fn row_177_the_terminal_is_restored_when_the_user_insists() {
    let (app, mut terminal, first) = changed("seen:1,say:seen,hang", &[]);
    terminal.send(Terminal::CTRL_C);
    terminal.expect("seen");
    pause_past_debounce();
    terminal.send(Terminal::CTRL_C);
    assert_restored(app, &terminal, &first, &By(SIGINT));
}

/// The handler itself ends the process.
#[test]
fn row_177_the_terminal_is_restored_by_force_after() {
    let options = ["force-after=2"];
    let (app, mut terminal, first) = changed("shield:s,accepted,hang", &options);
    terminal.send(Terminal::CTRL_C);
    terminal.expect("accepted");
    pause_past_debounce();
    terminal.send(Terminal::CTRL_C);
    assert_restored(app, &terminal, &first, &By(SIGINT));
}

#[test]
fn row_177_the_terminal_is_restored_in_the_body_of_main() {
    let (app, mut terminal) = scene(&["body", "case=cbreak"]).spawn_on_terminal();
    let first = {
        let (_other, other) = Command::new("cat").spawn_on_terminal();
        other.modes()
    };
    terminal.expect("B+");
    assert_ne!(terminal.modes(), first, "they were to be changed");
    app.send_signal(SIGTERM);
    assert_restored(app, &terminal, &first, &By(SIGTERM));
}

/// When `App::run` returns.
#[test]
fn row_177_the_terminal_is_restored_before_the_program_goes_on() {
    let (app, mut terminal, first) = changed("ok", &["embedded=once"]);
    terminal.expect("alone");
    assert_eq!(terminal.modes(), first, "they were to be as before");
    // The app is over, so its end has nothing to do with these.
    terminal.show_keys();
    terminal.send("\n");
    terminal.expect("went on");
    app.wait().assert_code(0);
    assert!(terminal.shows_keys(), "nobody was to change that");
}

#[test]
fn row_177_the_terminal_is_restored_as_pid_1() {
    if !available(Capability::PidNamespace, "row_177") {
        return;
    }
    for signal in [SIGTERM, SIGQUIT] {
        let app = changing("wait", &["terminal=restore"]);
        let (app, mut terminal) = app.spawn_as_pid_1_on_terminal();
        let first = change(&mut terminal);
        app.send_signal(signal);
        assert_restored(app, &terminal, &first, &Code(128 + signal as i32));
    }
}

/// The terminal is its parent's to restore.
#[test]
fn row_177_a_forked_child_leaves_the_terminal_alone() {
    for end in ["exit", "return"] {
        let then = format!("fork-and:{end},say:forked,read");
        let (app, mut terminal, first) = changed(&then, &[]);
        terminal.expect("forked");
        assert_ne!(terminal.modes(), first, "the child has restored them");
        terminal.send("\n");
        assert_restored(app, &terminal, &first, &Code(0));
    }
}

#[test]
fn row_177_without_the_option_the_modes_stay() {
    for (then, code) in [("ok", 0), ("exit:3", 3)] {
        let (app, mut terminal) = changing(then, &[]).spawn_on_terminal();
        let first = change(&mut terminal);
        app.wait().assert_code(code);
        assert_ne!(terminal.modes(), first, "nobody was to restore them");
    }
}

/// Without a terminal there is nothing to restore, and nothing is said of it.
#[test]
fn row_177_an_app_without_a_terminal() {
    let app = phases(&["terminal=restore", "run=ok"]).in_new_session();
    app.spawn().wait().assert_code(0).assert_no_stderr();
}

/// Starts the app in the foreground of a shell that has job control and leaves modes alone. The app is stopped, and
/// goes on in the background.
fn in_background(app: Command, end: &str) -> (Child, Terminal) {
    let script = format!(
        "set -m; \"$@\"; stty -ixon; echo \"stopped $?\"; read -r go; {end}; echo over; read -r go"
    );
    let (shell, mut terminal) = app.in_shell(&script).spawn_on_terminal();
    change(&mut terminal);
    terminal.send(Terminal::CTRL_Z);
    terminal.expect("stopped");
    (shell, terminal)
}

const TERM_IN_BACKGROUND: &str = "kill -TERM %1; bg; wait %1; echo \"ended $?\"";

#[test]
fn row_178_in_the_background_the_terminal_is_left_alone() {
    let ends = [
        ("wait", &[][..], TERM_IN_BACKGROUND, "ended 143"),
        ("wait,exit:3", &[], TERM_IN_BACKGROUND, "ended 3"),
        (
            "wait,hang",
            &["timeout-run=100"],
            TERM_IN_BACKGROUND,
            "ended 124",
        ),
    ];
    for (then, options, end, ended) in ends {
        let options = [&["terminal=restore"], options].concat();
        let (shell, mut terminal) = in_background(changing(then, &options), end);
        let modes = terminal.modes();
        terminal.send("\n");
        terminal.expect(ended);
        terminal.expect("over");
        assert_eq!(terminal.modes(), modes, "the shell has set them");
        terminal.send("\n");
        shell.wait().assert_code(0);
    }
}

#[test]
fn row_179_stop_sets_modes_in_the_background() {
    let options = [
        "terminal=restore",
        "stop=cbreak,say:set,at-exit:later",
        "later=cbreak,say:set again",
    ];
    let (shell, mut terminal) = in_background(changing("wait", &options), TERM_IN_BACKGROUND);
    terminal.send("\n");
    for line in ["P+", "set", "P-", "set again", "ended 143"] {
        terminal.expect(line);
    }
    terminal.send("\n");
    shell.wait().assert_code(0);
}

/// What takes a failed `start` back, and an exit by a foreign thread.
#[test]
fn row_179_a_foreign_exit_sets_modes_in_the_background() {
    let options = [
        "terminal=restore",
        "start=at-exit:later",
        "later=cbreak,say:set",
    ];
    let app = changing("wait,exit:3", &options);
    let (shell, mut terminal) = in_background(app, TERM_IN_BACKGROUND);
    terminal.send("\n");
    for line in ["set", "ended 3"] {
        terminal.expect(line);
    }
    terminal.send("\n");
    shell.wait().assert_code(0);
}

/// As every program is.
#[test]
fn row_179_without_the_option_stop_is_stopped() {
    if !available(Capability::Linux, "row_179") {
        return;
    }
    let app = changing("pid,wait", &["stop=cbreak,say:set"]);
    let end = "kill -TERM %1; bg; read -r go; fg; echo \"ended $?\"";
    let script = format!("set -m; \"$@\"; echo \"stopped $?\"; read -r go; {end}");
    let (shell, mut terminal) = app.in_shell(&script).spawn_on_terminal();
    change(&mut terminal);
    terminal.expect("pid ");
    let pid = terminal.expect("\r\n").parse().expect("a pid");
    let app = Process::of(Pid::from_raw(pid));
    terminal.send(Terminal::CTRL_Z);
    terminal.expect("stopped");
    terminal.send("\n");
    terminal.expect("P+");
    wait_until("the terminal has stopped it", || {
        app.threads().iter().all(|thread| thread.state == 'T')
    });
    assert!(!terminal.has_printed("set"), "it was to be stopped before");
    terminal.send("\n");
    for line in ["set", "P-", "ended 143"] {
        terminal.expect(line);
    }
    shell.wait().assert_code(0);
}

#[test]
fn row_179_what_the_standard_library_starts_there_inherits_it() {
    if !available(Capability::Linux, "row_179") {
        return;
    }
    let script = [
        "terminal=restore",
        "start=at-exit:later,child-status:start",
        "run=child-status:run",
        "stop=child-status:stop,run-child:c",
        "later=child-status:later",
        "c=|sed -n 's/^SigBlk/child SigBlk/p' /proc/self/status",
    ];
    let (app, mut terminal) = phases(&script).spawn_on_terminal();
    let places = [
        ("start", false),
        ("run", false),
        ("stop", true),
        // One of the feature `process`.
        ("child", false),
        ("later", true),
    ];
    for (place, blocked) in places {
        terminal.expect(&format!("{place} SigBlk:"));
        let line = format!("SigBlk:{}", terminal.expect("\r\n"));
        let mask = SignalSet::from_status(&line, SignalField::Blocked);
        let only_that = SignalSet::from_status("SigBlk:\t0000000000200000", SignalField::Blocked);
        assert!(only_that.contains(SIGTTOU), "a wrong mask in this test");
        assert!(
            if blocked {
                mask == only_that
            } else {
                mask.is_empty()
            },
            "{place}: {mask:?}"
        );
    }
    app.wait().assert_code(0);
}
