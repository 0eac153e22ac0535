//! Apps on a real terminal, with keys that are typed.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::{Child, Command, Terminal, wait_until};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use tempfile::TempDir;

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

/// A program on a terminal that is closed as soon as the program has printed `R+`, or has begun to start, and a file of
/// marks.
struct Closed {
    app: Child,
    marks: PathBuf,
    _folder: TempDir,
}

impl Closed {
    fn new(script: &[&str], at: &str, prepare: impl FnOnce(Command) -> Command) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let marks = folder.path().join("marks");
        let option = format!("marks={}", marks.display());
        let app = prepare(phases(script).args([option]));
        let (app, mut terminal) = app.spawn_on_terminal();
        terminal.expect(at);
        drop(terminal);
        Closed {
            app,
            marks,
            _folder: folder,
        }
    }

    fn marks(&self) -> String {
        fs::read_to_string(&self.marks).unwrap_or_default()
    }

    fn expect(&self, marks: &str) {
        wait_until(marks, || self.marks() == marks);
    }

    /// Waits until the app has ended by that signal, with these marks.
    fn ends(self, signal: Signal, marks: &str) {
        let Closed {
            app, marks: path, ..
        } = self;
        let output = app.wait();
        output.assert_signal(signal);
        let made = fs::read_to_string(path).unwrap_or_default();
        output.assert(made == marks, "what prints was to complete");
    }
}

const PRINTS: &str = "stop=println:lost,eprintln:lost,mark:stop";

#[test]
fn row_201_sighup_calls_a_function() {
    let called = "hup=println:lost,eprintln:lost,mark:called";
    let closed = Closed::new(&["run=wait", called, PRINTS], "R+", |app| app);
    closed.expect("called\n");
    closed.app.send_signal(SIGTERM);
    closed.ends(SIGTERM, "called\nstop\n");
    // What `run` itself prints then.
    let run = "run=pass:gone,println:lost,eprintln:lost,mark:run,wait";
    let closed = Closed::new(&[run, "hup=open:gone", PRINTS], "R+", |app| app);
    closed.expect("run\n");
    closed.app.send_signal(SIGTERM);
    closed.ends(SIGTERM, "run\nstop\n");
}

/// The first one only means that the app is to read its configuration again.
#[test]
fn row_201_sighup_calls_a_function_again() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let marks = folder.path().join("marks");
    let option = format!("marks={}", marks.display());
    let script = ["run=wait", "hup=println:reloads,mark:called", PRINTS];
    let (app, mut terminal) = phases(&script).args([option]).spawn_on_terminal();
    terminal.expect("R+");
    app.send_signal(SIGHUP);
    terminal.expect("reloads");
    terminal.expect("hup-");
    drop(terminal);
    let made = || fs::read_to_string(&marks).unwrap_or_default();
    wait_until("it is called again", || made() == "called\ncalled\n");
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
    assert_eq!(made(), "called\ncalled\nstop\n");
}

/// Whoever hears of the signal may print at once: nobody is woken before the streams are replaced.
#[test]
fn row_201_sighup_ends_the_app() {
    for _ in 0..10 {
        let script = [
            "start=on-request:f,on-signal:f",
            "f=println:lost,eprintln:lost",
            "run=wait,println:lost,eprintln:lost,mark:run",
            PRINTS,
        ];
        Closed::new(&script, "R+", |app| app).ends(SIGHUP, "run\nstop\n");
    }
}

#[test]
fn row_201_sighup_is_ignored() {
    let ignored = |app: Command| app.ignore_signal(SIGHUP);
    let script = ["start=hung-up", "run=println:lost,mark:run,wait", PRINTS];
    let closed = Closed::new(&script, "S+", ignored);
    closed.expect("run\n");
    closed.app.send_signal(SIGTERM);
    closed.ends(SIGTERM, "run\nstop\n");
    // Before the function of another signal.
    let script = ["run=wait", "usr1=println:lost,mark:called", PRINTS];
    let closed = Closed::new(&script, "R+", ignored);
    closed.app.send_signal(SIGUSR1);
    closed.expect("called\n");
    closed.app.send_signal(SIGTERM);
    closed.ends(SIGTERM, "called\nstop\n");
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
