//! Apps on a real terminal, with keys that are typed.

use std::fs;

use nix::sys::signal::Signal::{SIGHUP, SIGINT};

use crate::support::{phases, shell};

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
