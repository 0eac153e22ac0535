//! Apps that are started from interactive shells, as people start them, on a real terminal.

use std::fs;
use std::path::Path;
use std::time::Instant;

use aplomb_testing::{Capability, Child, Command, Session, Terminal, wait_until};

use crate::programs::{phases, phases_line};
use crate::support::{DEBOUNCE, available, pause_past_debounce};
use nix::sys::signal::Signal::{SIGINT, SIGTERM};
use nix::sys::signal::kill;
use nix::unistd::Pid;

/// A shell that waits for commands.
struct Shell {
    child: Child,
    terminal: Terminal,
    /// Comes last, when the shell has ended.
    _jobs: Jobs,
}

/// What a shell has started. A test that fails would leave it behind otherwise: dash does not end its jobs, and an app
/// that is stopped never ends.
struct Jobs(Session);

impl Drop for Jobs {
    fn drop(&mut self) {
        self.0.kill_others();
    }
}

const PROMPT: &str = "what next? ";

/// Those that handle the terminal in two ways: bash sets modes of its own when a signal has ended a program, and dash
/// never does.
const SHELLS: [&[&str]; 2] = [
    &["bash", "--norc", "--noprofile", "--noediting", "-i"],
    &["dash", "-i"],
];

impl Shell {
    fn start(words: &[&str]) -> Self {
        let shell = Command::new(words[0]).args(&words[1..]).env("PS1", PROMPT);
        let (child, mut terminal) = shell.env("ENV", "").spawn_on_terminal();
        terminal.expect(PROMPT);
        let jobs = Jobs(Session::of(child.pid()));
        Shell {
            child,
            terminal,
            _jobs: jobs,
        }
    }

    /// Types a command, which ends in its own time.
    fn begin(&mut self, command: &str) {
        self.terminal.send(&format!("{command}\n"));
    }

    /// Waits for the prompt. Returns what was printed before it.
    fn prompted(&mut self) -> String {
        self.terminal.expect(PROMPT)
    }

    /// What a command prints.
    fn answer(&mut self, command: &str) -> String {
        self.begin(command);
        self.prompted().trim().to_owned()
    }

    /// Types a command of which something goes on beside the shell. Waits for the prompt and for this text, in
    /// whichever order they come.
    fn beside(&mut self, command: &str, text: &str) {
        if !self.answer(command).contains(text) {
            self.terminal.expect(text);
        }
    }

    fn leave(mut self) {
        self.begin("exit 0");
        self.child.wait().assert_code(0);
    }
}

/// Each shell does this.
fn each(work: impl Fn(&mut Shell)) {
    for words in SHELLS {
        let mut shell = Shell::start(words);
        work(&mut shell);
        shell.leave();
    }
}

#[test]
fn row_180_one_ctrl_c_ends_the_loop() {
    each(|shell| {
        let app = phases_line(&["run=wait"]);
        shell.begin(&format!("for i in 1 2 3; do {app}; done; echo went on"));
        shell.terminal.expect("R+");
        shell.terminal.send(Terminal::CTRL_C);
        shell.terminal.expect("P-");
        let after = shell.prompted();
        assert!(!after.contains("R+"), "the loop went on: {after:?}");
        assert!(!after.contains("went on"), "the line went on: {after:?}");
        assert_eq!(shell.answer("echo $?"), "130");
    });
}

#[test]
fn row_180_a_background_job_gets_no_ctrl_c() {
    each(|shell| {
        let app = phases_line(&["run=wait"]);
        shell.beside(&format!("{app} &"), "R+");
        // The shell itself is in the foreground, and says so by another prompt.
        shell.terminal.send(Terminal::CTRL_C);
        shell.prompted();
        assert!(shell.answer("jobs").contains("Running"), "it was to go on");
        shell.begin("fg; echo \"ended $?\"");
        // What the shell prints when the job is in the foreground.
        shell.terminal.expect("run=wait");
        wait_until("the job is in the foreground", || {
            shell.terminal.foreground() != shell.child.pid()
        });
        shell.terminal.send(Terminal::CTRL_C);
        shell.terminal.expect("P-");
        shell.prompted();
        assert_eq!(shell.answer("echo $?"), "130");
    });
}

#[test]
fn row_180_a_stopped_job_ends_in_the_background() {
    each(|shell| {
        let app = phases_line(&["run=wait"]);
        for go_on in ["bg", "kill -CONT %1"] {
            shell.begin(&app);
            shell.terminal.expect("R+");
            shell.terminal.send(Terminal::CTRL_Z);
            shell.prompted();
            // Not by the shell's own `kill`: bash continues what it sends SIGTERM to.
            let pid = shell.answer("jobs -p").parse().expect("a pid");
            kill(Pid::from_raw(pid), SIGTERM).expect("the job is there");
            let before = shell.answer("jobs");
            assert!(!before.contains("R-"), "it was stopped: {before:?}");
            shell.beside(go_on, "P-");
            // The job is over when the shell says so.
            wait_until("the job has ended", || shell.answer("jobs").is_empty());
        }
    });
}

#[test]
fn row_180_a_pipeline_ends_at_one_ctrl_c() {
    each(|shell| {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let marks = folder.path().join("marks");
        let marks_option = format!("marks={}", marks.display());
        let stop = "stop=println:a,println:b,mark:whole";
        let app = phases_line(&["run=mark:begun,wait", stop, &marks_option]);
        let log = folder.path().join("log");
        shell.begin(&format!("{app} | tee {}", log.display()));
        shell.terminal.expect("R+");
        shell.terminal.send(Terminal::CTRL_C);
        shell.prompted();
        // The shell has waited for both.
        assert_eq!(lines(&marks), ["begun", "whole"]);
    });
}

fn lines(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The kernel hangs up on the foreground, and bash on its jobs in the background, too. dash leaves those alone.
#[test]
fn row_180_the_terminal_is_closed() {
    let [bash, dash] = SHELLS;
    for (words, place) in [(bash, ""), (bash, "&"), (dash, "")] {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let marks = folder.path().join("marks");
        let option = format!("marks={}", marks.display());
        let mut shell = Shell::start(words);
        let session = Session::of(shell.child.pid());
        let stop = "stop=println:lost,eprintln:lost,mark:whole";
        let app = phases_line(&["run=wait", stop, &option]);
        shell.begin(&format!("{app} {place}"));
        shell.terminal.expect("R+");
        drop(shell.terminal);
        wait_until("the app has stopped", || lines(&marks) == ["whole"]);
        wait_until("the app has ended", || session.others().is_empty());
        shell.child.wait();
    }
}

/// A program that has turned the echo off, and does not end by itself: whoever insists gets a terminal that shows keys.
#[test]
fn row_177_the_terminal_is_restored_under_a_shell() {
    each(|shell| {
        // The shell itself has to know of that: bash sets the modes that it knows when a signal has ended a program.
        shell.answer("stty echo");
        let app = phases_line(&["run=cbreak,say:set,accepted,hang", "terminal=restore"]);
        shell.begin(&app);
        // The shell has shown the line that was typed, which has the word, too.
        shell.terminal.expect("set\r\n");
        assert!(!shell.terminal.shows_keys(), "it has turned them off");
        shell.terminal.send(Terminal::CTRL_C);
        shell.terminal.expect("accepted");
        pause_past_debounce();
        shell.terminal.send(Terminal::CTRL_C);
        shell.prompted();
        assert!(shell.terminal.shows_keys(), "they were to be shown again");
    });
}

/// Who presses Ctrl-C twice within a tenth of a second has pressed it once. `start` names itself at a second press.
#[test]
fn row_181_two_presses_at_once_are_one() {
    if !available(Capability::Linux, "row_181") {
        return;
    }
    // Some pairs come too late on a busy machine; those prove nothing and do not count.
    let mut counted = 0;
    for _ in 0..60 {
        let script = ["start=seen:1,read,delivered:INT,say:done", "run=wait"];
        let (app, mut terminal) = phases(&script).spawn_on_terminal();
        terminal.expect("S+");
        let first = Instant::now();
        terminal.send(Terminal::CTRL_C);
        terminal.expect("seen 1");
        terminal.send(Terminal::CTRL_C);
        terminal.send("\n");
        let said = terminal.expect("done");
        if first.elapsed() >= DEBOUNCE {
            continue;
        }
        let said = said + &terminal.expect("P-");
        assert!(!said.contains("waiting for"), "{said:?}");
        app.wait().assert_signal(SIGINT);
        counted += 1;
        if counted == 10 {
            return;
        }
    }
    panic!("only {counted} of 60 pairs came within the window");
}

/// People who press twice, and mean it, leave 120 to 200 ms in between.
#[test]
fn row_181_presses_a_little_later_count() {
    let script = ["start=shield:s,seen:1,say:one,hang", "force-after=3"];
    let (app, mut terminal) = phases(&script).spawn_on_terminal();
    terminal.expect("S+");
    terminal.send(Terminal::CTRL_C);
    terminal.expect("one");
    pause_past_debounce();
    terminal.send(Terminal::CTRL_C);
    terminal.expect("waiting for");
    pause_past_debounce();
    terminal.send(Terminal::CTRL_C);
    app.wait().assert_signal(SIGINT);
}
