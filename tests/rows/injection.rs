//! A signal at every system call of an app's whole life.
//!
//! strace(1) attaches while the app has stopped itself, and delivers the signal when a thread
//! makes the k-th call of a name from there on. One such pair of a name and a number is a
//! point; each point is a process of its own.
//!
//! strace counts the calls of each thread by itself. So one point may be two moments, and the earlier one is
//! what counts. This is why strace attaches at several places of the life, and not only before the app has done
//! anything: the early calls of the initial thread would hide those of the other threads.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use aplomb_testing::{Capability, Command, Output};
use nix::sys::signal::Signal::{self, SIGCONT, SIGINT, SIGTERM};

use crate::programs::phases;
use crate::support::{available, print_uncaptured};

/// The name of a system call, and its number among the calls of that name on its thread.
type Point = (String, u32);

/// How an app ended, and what its system calls were until then.
struct Traced {
    output: Output,
    trace: Vec<String>,
}

/// The places where the app stops itself and the injection begins.
const PLACES: [(&str, &[&str]); 4] = [
    ("the beginning", &["stopped=yes", "run=sleep:5"]),
    ("start", &["start=raise:STOP", "run=sleep:5"]),
    ("run", &["run=raise:STOP,sleep:5"]),
    ("stop", &["run=sleep:1", "stop=raise:STOP"]),
];

fn traced(script: &[&str], trace: &Path, inject: Option<&str>) -> Traced {
    let app = phases(script).spawn();
    app.wait_until_suspended();
    let pid = app.pid().to_string();
    let file = trace.to_str().expect("a plain path");
    let mut words = vec!["-f", "-o", file, "-p", &pid];
    if let Some(inject) = inject {
        words.extend(["-e", inject]);
    }
    let mut tracer = Command::new("strace").args(&words).spawn();
    tracer.expect_stderr(&["attached"]);
    app.send_signal(SIGCONT);
    let output = app.wait();
    tracer.wait();
    let trace = fs::read_to_string(trace).expect("strace writes its file");
    Traced {
        output,
        trace: trace.lines().map(str::to_owned).collect(),
    }
}

/// Returns the thread and the name of the call, if the line shows a call.
fn call(line: &str) -> Option<(&str, &str)> {
    let (thread, rest) = line.split_once(' ')?;
    let (name, _) = rest.trim_start().split_once('(')?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    // The call in which a thread was when strace came may have no name. Such a call cannot be asked for.
    let is_unknown = name.starts_with("syscall_");
    (is_name && !is_unknown).then_some((thread, name))
}

/// The points of a life, in the order in which they come.
fn points(trace: &[String]) -> Vec<Point> {
    let mut counts: HashMap<(&str, &str), u32> = HashMap::new();
    let mut points = Vec::new();
    for line in trace {
        let Some((thread, name)) = call(line) else {
            continue;
        };
        let count = counts.entry((thread, name)).or_default();
        *count += 1;
        let point = (name.to_owned(), *count);
        if !points.contains(&point) {
            points.push(point);
        }
    }
    points
}

const DIED_AFTER_STOP: &str = "start and stop once, died by the signal";

const NOT_REACHED: &str = "the point was not reached";

/// Says in words how the app has ended. Returns an error if the contract does not allow that.
fn judge(signal: Signal, traced: &Traced) -> Result<&'static str, String> {
    let Traced { output, trace } = traced;
    let is_arrival = |line: &&String| line.contains(&format!("--- {signal} "));
    let arrivals = trace.iter().filter(is_arrival).count();
    let lines = output.stdout();
    let phases: Vec<_> = lines
        .iter()
        .map(String::as_str)
        .filter(|line| ["S+", "S-", "P+", "P-"].contains(line))
        .collect();
    let whole = phases == ["S+", "S-", "P+", "P-"];
    let died = output.signal() == Some(signal as i32);
    let stopped = trace.iter().position(|line| line.contains("write(1, \"P-"));
    // On a thread that does nothing else, the handler may be slower than all that is left of the app, or the
    // end of the process may cut it.
    let handled = trace.iter().position(|line| line.contains("rt_sigreturn("));
    let late = handled.is_none() || handled > stopped;
    match (arrivals, output.signal(), output.code()) {
        (0, None, Some(0)) if whole => Ok(NOT_REACHED),
        (1.., ..) if died && phases.is_empty() => Ok("died before start"),
        (1.., ..) if died && whole => Ok(DIED_AFTER_STOP),
        (1.., None, Some(0)) if whole && late => Ok("absorbed after stop"),
        // Two threads have come to the same count, with some time between them. So the app got two signals, and
        // the second one insists.
        (2.., ..) if died && signal == SIGINT && phases[..] == ["S+", "S-"] => Ok("insisted"),
        _ => Err(format!(
            "{arrivals} arrivals, ended with signal {:?}, code {:?}, lines {lines:?}, stderr {:?}",
            output.signal(),
            output.code(),
            output.stderr()
        )),
    }
}

/// Tries all points of a life that begins at one of the places.
fn everywhere_from(script: &[&str], signal: Signal, tally: &Tally) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    // The calls differ a little from life to life, so the points of several lives are collected.
    let mut all: Vec<Point> = Vec::new();
    for _ in 0..3 {
        let plain = traced(script, &folder.path().join("plain"), None);
        plain.output.assert_code(0);
        let points = points(&plain.trace);
        all.extend(
            points
                .into_iter()
                .filter(|point| !all.contains(point))
                .collect::<Vec<_>>(),
        );
    }
    assert!(all.len() > 5, "an app makes more calls than {all:?}");
    let next = Mutex::new(all.iter());
    thread::scope(|scope| {
        for worker in 0..2 {
            let (next, file) = (&next, folder.path().join(format!("{worker}")));
            scope.spawn(move || {
                loop {
                    let point = next.lock().expect("no worker panics").next();
                    let Some((name, count)) = point else { return };
                    let inject = format!("inject={name}:signal={signal}:when={count}");
                    let traced = traced(script, &file, Some(&inject));
                    tally.add(judge(signal, &traced).map_err(|what| {
                        let trace = traced.trace.join("\n    ");
                        format!("{script:?}, {name} number {count}: {what}\n    {trace}")
                    }));
                }
            });
        }
    });
}

#[derive(Default)]
struct Tally {
    outcomes: Mutex<BTreeMap<&'static str, u32>>,
    wrong: Mutex<Vec<String>>,
}

impl Tally {
    fn add(&self, outcome: Result<&'static str, String>) {
        match outcome {
            Ok(outcome) => {
                *self
                    .outcomes
                    .lock()
                    .expect("no worker panics")
                    .entry(outcome)
                    .or_default() += 1;
            }
            Err(what) => self.wrong.lock().expect("no worker panics").push(what),
        }
    }
}

fn everywhere(signal: Signal) {
    if !available(Capability::Ptrace, &format!("row_69 ({signal})")) {
        return;
    }
    let mut all = Vec::new();
    for (place, script) in PLACES {
        let tally = Tally::default();
        everywhere_from(script, signal, &tally);
        let outcomes = tally.outcomes.into_inner().expect("no worker panics");
        let wrong = tally.wrong.into_inner().expect("no worker panics");
        print_uncaptured(&format!(
            "row 69: {signal} from {place} on, {} points: {outcomes:?}, wrong: {}",
            outcomes.values().sum::<u32>() + u32::try_from(wrong.len()).expect("few"),
            wrong.len()
        ));
        // Make sure that something was really tested: points were reached, and some of them before the end.
        let times = |outcome| outcomes.get(outcome).copied().unwrap_or_default();
        let reached = outcomes.values().sum::<u32>() - times(NOT_REACHED);
        assert!(
            !wrong.is_empty() || (times(DIED_AFTER_STOP) > 0 && reached > 5),
            "too few points were reached from {place} on: {outcomes:?}"
        );
        all.extend(wrong);
    }
    assert!(
        all.is_empty(),
        "{} outcomes are wrong:\n{}",
        all.len(),
        all.join("\n")
    );
}

#[test]
fn row_69_sigterm_at_every_system_call() {
    everywhere(SIGTERM);
}

#[test]
fn row_69_sigint_at_every_system_call() {
    everywhere(SIGINT);
}
