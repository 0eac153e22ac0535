//! What children meet between fork and exec.

use std::fs;
use std::thread;
use std::time::Duration;

use aplomb_testing::{Capability, SignalField, SignalSet, wait_until};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use nix::sys::signal::killpg;
use nix::unistd::Pid;

use super::children::{app, child, finish};
use crate::programs::{phases, scene};
use crate::support::available;

/// What the keys of a terminal send, and what is sent to groups by hand.
const TO_GROUPS: [Signal; 5] = [SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGTSTP];

/// Between two of each of them. The time from fork to exec is half of that and more.
const PACE: Duration = Duration::from_micros(500);

/// The app's, with the children that did not get as far as to leave it.
struct Group(Pid);

impl Group {
    fn send_signal(&self, signal: Signal) {
        killpg(self.0, signal).expect("the group is there");
    }
}

impl Drop for Group {
    /// A test that failed leaves no process behind.
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = killpg(self.0, Signal::SIGKILL);
        }
    }
}

/// A child has its group's signals from the fork on, and until it has left that.
#[test]
fn row_121_no_child_is_hit_before_it_has_a_group_of_its_own() {
    if !available(Capability::Linux, "row_121") {
        return;
    }
    let numbers = TO_GROUPS.map(|signal| (signal as i32).to_string());
    let signals = format!("signals={}", numbers.join(","));
    let script = ["every", &signals, "quiet=yes", "run=hit:1000"];
    let mut app = scene(&script).in_new_process_group().spawn();
    let group = Group(app.pid());
    app.expect("R+");
    for hundred in 1..=10 {
        // A child that is stopped before its program begins would keep the app from going on.
        wait_until("a hundred more were started", || {
            for signal in TO_GROUPS {
                group.send_signal(signal);
            }
            // The app is to get on, too.
            thread::sleep(PACE);
            app.has_printed(&format!("started {hundred}00")) || app.has_exited()
        });
    }
    let output = app.wait();
    output
        .assert_code(0)
        .assert_once("of 1000 children {}")
        .assert_no_stderr();
}

/// Once more at a moment that is known: right after the fork.
#[test]
fn row_121_what_the_group_got_is_forgotten() {
    if !available(Capability::Linux, "row_121") {
        return;
    }
    let text = "grep -E '^(Sig(Blk|Ign|Pnd)|ShdPnd)' /proc/self/status";
    let mut words = vec!["run=raising:a"];
    let own = child("", text);
    words.push(&own);
    let output = finish(app(&words).ignore_signal(SIGHUP).spawn());
    output
        .assert_code(0)
        .assert_once("a exit status: 0")
        .assert_no_stderr();
    let lines = output.stdout();
    let status = lines.join("\n");
    for field in [
        SignalField::Blocked,
        SignalField::Pending,
        SignalField::SharedPending,
    ] {
        let signals = SignalSet::from_status(&status, field);
        assert!(signals.is_empty(), "{lines:?}");
    }
    // What was ignored is, and nothing else.
    let ignored = SignalSet::from_status(&status, SignalField::Ignored);
    for signal in Signal::iterator() {
        assert_eq!(ignored.contains(signal), signal == SIGHUP, "{lines:?}");
    }
}

/// A child that stays in the group of the app has the keys of the terminal from the fork on, too.
#[test]
fn row_121_a_foreground_child_gets_them() {
    if !available(Capability::Linux, "row_121") {
        return;
    }
    let foreground = child("foreground", "echo not hit");
    let output = finish(app(&["run=raising:a", &foreground]).spawn());
    output
        .assert_code(0)
        .assert_never("not hit")
        .assert_no_stderr();
    let lines = output.stdout();
    let died = lines.iter().any(|line| line.starts_with("a signal: "));
    output.assert(died, "it was to die of one of them");
}

/// The steps of the starts before are in the command still, and do nothing.
#[test]
fn row_129_a_command_that_is_started_100_times() {
    if !available(Capability::Ptrace, "row_129") {
        return;
    }
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let trace = folder.path().join("trace");
    let file = trace.to_str().expect("a plain path");
    let tracer = ["strace", "-f", "-o", file, "-e", "trace=setpgid,prctl"];
    let app = phases(&["run=again:100"]).wrapper(&tracer).spawn();
    app.wait().assert_code(0).assert_once("started 100 times");
    let trace = fs::read_to_string(&trace).expect("strace writes its file");
    let calls = |call: &str| trace.lines().filter(|line| line.contains(call)).count();
    assert_eq!(calls("setpgid("), 100, "{trace}");
    // Each child asks for its death with its parent before the program's own steps, and behind them.
    assert_eq!(calls("prctl(PR_SET_PDEATHSIG"), 200, "{trace}");
}

/// Ours comes behind the program's own also where that was added later. What others start with the command is none of
/// our business.
#[test]
fn row_129_a_step_that_is_added_between_two_starts() {
    if !available(Capability::Linux, "row_129") {
        return;
    }
    let text = "echo is $$ $(cut -d' ' -f5,6 /proc/$$/stat)";
    let mut app = app(&["run=between:a,line", &child("", text)]).spawn();
    let mut next = || {
        let line = app.expect_prefix("is ");
        let numbers = line.split(' ').map(|word| word.parse().expect("a number"));
        let numbers: Vec<i32> = numbers.collect();
        <[i32; 3]>::try_from(numbers).expect("its pid, group and session")
    };
    let (ours, of_std, with_setsid) = (next(), next(), next());
    let session = app.pid().as_raw();
    let [pid, ..] = ours;
    assert_eq!(ours, [pid, pid, session]);
    let [pid, ..] = of_std;
    assert_eq!(of_std, [pid, session, session]);
    let [pid, ..] = with_setsid;
    assert_eq!(with_setsid, [pid, pid, pid]);
    app.send_line("go");
    finish(app).assert_code(0).assert_no_stderr();
}
