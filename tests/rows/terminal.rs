//! Apps on a real terminal, with keys that are typed.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGHUP, SIGINT};

use crate::ON;
use crate::support::{Running, Terminal, pause_past_debounce, phases, shell};

const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";

#[test]
fn row_01_ctrl_c_is_typed() {
    let (app, mut terminal) = phases(&["run=wait"]).spawn_on_terminal();
    terminal.expect("R+");
    terminal.type_in(CTRL_C);
    terminal.expect("P-");
    app.finish().died_by(SIGINT);
}

#[test]
fn row_38_ctrl_z_is_typed() {
    // A shell with job control stands between, as for anybody who types it.
    let app = phases(&["run=wait,say:asked"]);
    let script = "set -m; \"$@\"; echo \"stopped $?\"; read -r go; \
                  kill -TERM %1; echo sent; read -r go; fg; echo \"ended $?\"";
    let (shell, mut terminal) = shell(script, &app).spawn_on_terminal();
    terminal.expect("R+");
    terminal.type_in(CTRL_Z);
    terminal.expect("stopped 148");
    terminal.type_in("\n");
    terminal.expect("sent");
    assert!(!terminal.shows("asked"), "it was stopped");
    terminal.type_in("\n");
    for line in ["asked", "R-", "P+", "P-", "ended 143"] {
        terminal.expect(line);
    }
    shell.finish().exited(0);
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
        terminal.type_in("\n");
        terminal.expect("P+");
        drop(terminal);
        let ending = app.finish();
        let marks = fs::read_to_string(&marks).unwrap_or_default();
        ending.check(marks == "saved\n", "stop was to complete");
        ending
    };
    end("seen:1,say:lost,complain:lost,print:lost,mark:saved").died_by(SIGHUP);
    // What we ourselves have to say goes nowhere either, and a failure stays one.
    end("seen:1,say:lost,mark:saved,err:lost").exited(1);
    end("seen:1,mark:saved,hang").exited(124);
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
    let ending = app.finish();
    ending.died_by(SIGHUP);
    let marks = fs::read_to_string(&marks).unwrap_or_default();
    ending.check(marks == "saved\n", "stop was to complete");
}

/// What is said of the first Ctrl-C, and the screen up to this line, which comes next.
fn explained(script: &[&str], typed_after: &str, until: &str) -> (Running, Terminal, String) {
    let (app, mut terminal) = phases(script).spawn_on_terminal();
    terminal.expect(typed_after);
    terminal.type_in(CTRL_C);
    let said = terminal.expect(until);
    (app, terminal, said)
}

#[test]
fn row_133_a_ctrl_c_that_ends_run_is_not_explained() {
    let (app, _terminal, said) = explained(&["run=wait"], "R+", "P-");
    assert!(!said.contains("SIGINT"), "{said:?}");
    app.finish().died_by(SIGINT);
    // A `stop` that takes longer is named, as ever, and not explained.
    let script = ["run=wait", "stop=line"];
    let (app, mut terminal, said) = explained(&script, "R+", "waiting for shield `stop`");
    assert!(!said.contains("SIGINT"), "{said:?}");
    terminal.type_in("\n");
    terminal.expect("P-");
    app.finish().died_by(SIGINT);
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
        "end the program without `stop`"
    };
    let cases = [
        (
            &start[..],
            "S+",
            "SIGINT: `start` ends first, then the program stops",
            "",
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
        terminal.type_in("\n");
        let said = terminal.expect("P-");
        assert!(!said.contains("SIGINT:"), "{said:?}");
        app.finish().died_by(SIGINT);
    }
}

const HALF_A_SECOND: Duration = Duration::from_millis(500);

/// Who presses once more before that knows what it does.
#[test]
fn row_133_who_insists_at_once_needs_no_explanation() {
    let script = ["run=seen:1,line,line", "drain=60000"];
    let (app, mut terminal, _) = explained(&script, "R+", "seen 1");
    pause_past_debounce();
    terminal.type_in(CTRL_C);
    // Later than the explanation would be.
    pause_past_debounce();
    thread::sleep(HALF_A_SECOND);
    terminal.type_in("\n\n");
    let said = terminal.expect("P-");
    assert!(!said.contains("SIGINT"), "{said:?}");
    app.finish().died_by(SIGINT);
}
