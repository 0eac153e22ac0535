//! Apps on a real terminal, with keys that are typed.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::{Child, Terminal};
use nix::sys::signal::Signal::{SIGHUP, SIGINT};

use crate::ON;
use crate::programs::phases;
use crate::support::pause_past_debounce;

#[test]
fn row_01_ctrl_c_is_typed() {
    let (app, mut terminal) = phases(&["run=wait"]).spawn_on_terminal();
    terminal.expect("R+");
    terminal.send(Terminal::CTRL_C);
    terminal.expect("P-");
    app.wait().assert_signal(SIGINT);
}

#[test]
fn row_38_ctrl_z_is_typed() {
    // A shell with job control stands between, as for anybody who types it.
    let app = phases(&["run=wait,say:asked"]);
    let script = "set -m; \"$@\"; echo \"stopped $?\"; read -r go; \
                  kill -TERM %1; echo sent; read -r go; fg; echo \"ended $?\"";
    let (shell, mut terminal) = app.in_shell(script).spawn_on_terminal();
    terminal.expect("R+");
    terminal.send(Terminal::CTRL_Z);
    terminal.expect("stopped 148");
    terminal.send("\n");
    terminal.expect("sent");
    assert!(!terminal.has_printed("asked"), "it was stopped");
    terminal.send("\n");
    for line in ["asked", "R-", "P+", "P-", "ended 143"] {
        terminal.expect(line);
    }
    shell.wait().assert_code(0);
}

/// The window is closed while `stop` prints: what it prints goes nowhere, and it goes on.
#[test]
fn row_62_the_terminal_is_closed_in_stop() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let marks = folder.path().join("marks");
    let option = format!("marks={}", marks.display());
    let end = |stop: &str| {
        let _ = fs::remove_file(&marks);
        let script = [
            &format!("stop={stop}"),
            "run=line",
            &option,
            "timeout-stop=3000",
        ];
        let (app, mut terminal) = phases(&script).spawn_on_terminal();
        terminal.expect("R+");
        terminal.send("\n");
        terminal.expect("P+");
        drop(terminal);
        let output = app.wait();
        let marks = fs::read_to_string(&marks).unwrap_or_default();
        output.assert(marks == "saved\n", "stop was to complete");
        output
    };
    end("seen:1,say:lost,complain:lost,print:lost,mark:saved").assert_signal(SIGHUP);
    // What we ourselves have to say goes nowhere either, and a failure stays one.
    end("seen:1,say:lost,mark:saved,err:lost").assert_code(1);
    end("seen:1,mark:saved,hang").assert_code(124);
}

/// The window is closed while `run` waits, and `stop` prints as programs do, which would panic.
#[test]
fn row_62_the_terminal_is_closed_in_run() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let marks = folder.path().join("marks");
    let option = format!("marks={}", marks.display());
    let stop = "stop=println:lost,eprintln:lost,mark:saved";
    let (app, mut terminal) = phases(&["run=wait", stop, &option]).spawn_on_terminal();
    terminal.expect("R+");
    drop(terminal);
    let output = app.wait();
    output.assert_signal(SIGHUP);
    let marks = fs::read_to_string(&marks).unwrap_or_default();
    output.assert(marks == "saved\n", "stop was to complete");
}

/// What is said of the first Ctrl-C, and the screen up to this line, which comes next.
fn explained(script: &[&str], typed_after: &str, until: &str) -> (Child, Terminal, String) {
    let (app, mut terminal) = phases(script).spawn_on_terminal();
    terminal.expect(typed_after);
    terminal.send(Terminal::CTRL_C);
    let said = terminal.expect(until);
    (app, terminal, said)
}

#[test]
fn row_133_a_ctrl_c_that_ends_run_is_not_explained() {
    let (app, _terminal, said) = explained(&["run=wait"], "R+", "P-");
    assert!(!said.contains("SIGINT"), "{said:?}");
    app.wait().assert_signal(SIGINT);
    // A `stop` that takes longer is named, as ever, and not explained.
    let script = ["run=wait", "stop=line"];
    let (app, mut terminal, said) = explained(&script, "R+", "waiting for shield `stop`");
    assert!(!said.contains("SIGINT"), "{said:?}");
    terminal.send("\n");
    terminal.expect("P-");
    app.wait().assert_signal(SIGINT);
}

#[test]
fn row_133_a_ctrl_c_is_explained_where_it_takes_longer() {
    let start = ["start=seen:1,line", "run=wait"];
    let drain = ["run=seen:1,line", "drain=60000"];
    let run = ["run=seen:1,line"];
    let waits = "SIGINT: waiting for `run` to end; press Ctrl-C again to ";
    let next = if ON.is_tasks() {
        "drop it and go on to `stop`"
    } else {
        "give it one more second, and then to end the program without `stop`"
    };
    let cases = [
        (
            &start[..],
            "S+",
            "SIGINT: `start` ends first, then the program stops",
            "another Ctrl-C changes nothing",
        ),
        (
            &drain,
            "R+",
            "SIGINT: draining; press Ctrl-C again not to wait for that",
            "",
        ),
        (&run, "R+", waits, next),
    ];
    for (script, at, explanation, next) in cases {
        let asked = Instant::now();
        let (app, mut terminal, _) = explained(script, at, explanation);
        assert!(asked.elapsed() >= HALF_A_SECOND, "it came too early");
        terminal.expect(next);
        terminal.send("\n");
        let said = terminal.expect("P-");
        assert!(!said.contains("SIGINT:"), "{said:?}");
        app.wait().assert_signal(SIGINT);
    }
}

const HALF_A_SECOND: Duration = Duration::from_millis(500);

/// Who presses once more before that knows what it does.
#[test]
fn row_133_who_insists_at_once_needs_no_explanation() {
    let script = ["run=seen:1,line,line", "drain=60000"];
    let (app, mut terminal, _) = explained(&script, "R+", "seen 1");
    pause_past_debounce();
    terminal.send(Terminal::CTRL_C);
    // Later than the explanation would be.
    pause_past_debounce();
    thread::sleep(HALF_A_SECOND);
    terminal.send("\n\n");
    let said = terminal.expect("P-");
    assert!(!said.contains("SIGINT"), "{said:?}");
    app.wait().assert_signal(SIGINT);
}

/// What is said of the next Ctrl-C is what it does, also where `run` was given up before.
#[test]
fn row_144_what_is_said_of_the_next_ctrl_c() {
    let shield = "run=shield:ledger,seen:1,line,say:whole,unshield,checkpoint?";
    let script = [shield, "timeout-run=100", "timeout-stop=15000"];
    let nothing = "`run` to end; another Ctrl-C changes nothing";
    let (app, mut terminal, _) = explained(&script, "R+", nothing);
    terminal.send(Terminal::CTRL_C);
    terminal.expect("waiting for shield `ledger`");
    terminal.send("\n");
    for line in ["whole", "P+", "P-"] {
        terminal.expect(line);
    }
    app.wait().assert_code(124);

    let at_once = "press Ctrl-C again to end the program at once";
    let script = ["run=shield:ledger,seen:1,line", "force-after=2"];
    let (app, mut terminal, _) = explained(&script, "R+", at_once);
    terminal.send(Terminal::CTRL_C);
    app.wait().assert_signal(SIGINT);

    if !ON.is_tasks() {
        let without = "press Ctrl-C again to end the program without `stop`";
        let script = ["run=seen:1,hang", "timeout-run=100"];
        let (app, mut terminal, _) = explained(&script, "R+", without);
        let asked = Instant::now();
        terminal.send(Terminal::CTRL_C);
        let output = app.wait();
        output.assert_signal(SIGINT).assert_never("P+");
        let took = output.duration_since(asked);
        output.assert(took < HALF_A_SECOND, "it was to end at once");
    }
}
