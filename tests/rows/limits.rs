//! Whatever it is that never ends: the limits of the app end the process, in time and with the status of the contract.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::Child;
use nix::sys::signal::Signal::{self, SIGINT, SIGTERM, SIGUSR1};

use super::children::{self, DEAF, child};
use crate::ON;
use crate::programs::{phases, scene};
use crate::support::pause_past_debounce;

/// All limits of an app. Up to the end of `stop` the short ones hold, and then the long one.
const ALL: [&str; 4] = [
    "timeout-start=500",
    "timeout-run=500",
    "timeout-stop=500",
    "deadline=5000",
];

/// Enough for the deadline, and for a machine that is busy.
const IN_TIME: Duration = Duration::from_secs(8);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Limit,
    /// The user has insisted; on a machine that is busy a limit may have been first.
    Insisted,
    Death(Signal),
}

use Status::{Death, Insisted, Limit};

/// Something that never ends.
struct Case {
    script: &'static [&'static str],
    /// Brings the app to where its end waits.
    bring: fn(&mut Child),
    status: Status,
    /// Whether `stop` ends before, in an app of threads, and in one of tasks.
    stops: [bool; 2],
}

fn case(script: &'static [&'static str], bring: fn(&mut Child), stops: [bool; 2]) -> Case {
    Case {
        script,
        bring,
        status: Limit,
        stops,
    }
}

fn insisted_case(script: &'static [&'static str], stops: [bool; 2]) -> Case {
    Case {
        status: Insisted,
        ..case(script, insisted, stops)
    }
}

fn by_itself(_: &mut Child) {}

fn terminated(app: &mut Child) {
    app.expect("R+");
    app.send_signal(SIGTERM);
}

fn terminated_inside(app: &mut Child) {
    app.expect("in");
    app.send_signal(SIGTERM);
}

fn terminated_in_start(app: &mut Child) {
    app.expect("S+");
    app.send_signal(SIGTERM);
    app.send_line("go");
}

fn terminated_in_a_function(app: &mut Child) {
    app.expect("R+");
    app.send_signal(SIGUSR1);
    terminated_inside(app);
}

fn insisted(app: &mut Child) {
    app.expect("R+");
    app.send_signal(SIGINT);
    pause_past_debounce();
    app.send_signal(SIGINT);
}

/// Holds a shield for ever, on a thread of its own.
const WORKER: &str = "worker=shield:ledger,open:in,block";

const NEITHER: [bool; 2] = [false, false];
const BOTH: [bool; 2] = [true, true];

fn cases() -> Vec<Case> {
    let mut cases = vec![
        // Phases.
        case(&["start=hang"], by_itself, NEITHER),
        case(&["start=line,hang"], terminated_in_start, NEITHER),
        // A `run` of tasks is dropped.
        case(&["run=hang"], terminated, [false, true]),
        insisted_case(&["run=hang"], [false, true]),
        case(&["run=block"], terminated, NEITHER),
        insisted_case(&["run=block"], NEITHER),
        case(&["run=wait", "stop=hang"], terminated, NEITHER),
        case(&["run=ok", "stop=hang"], by_itself, NEITHER),
        case(&["run=wait", "stop=block"], insisted, NEITHER),
        // Errors whose `Debug` never ends.
        case(&["start=err:x", "error=endless"], by_itself, NEITHER),
        case(&["run=wait,err:x", "error=endless"], terminated, NEITHER),
        case(&["run=err:x", "error=endless"], by_itself, NEITHER),
        insisted_case(&["run=wait,err:x", "error=endless"], NEITHER),
        // The function of `stop` has ended there.
        case(&["run=ok", "stop=err:x", "error=endless"], by_itself, BOTH),
        // Functions of signals, of `on_request`, and of `at_exit`. The one of a signal is a part of `run`.
        case(
            &["usr1=say:in,hang", "run=wait"],
            terminated_in_a_function,
            [false, true],
        ),
        case(
            &["usr1=say:in,block", "run=wait"],
            terminated_in_a_function,
            NEITHER,
        ),
        case(&["run=on-request:f,wait", "f=block"], terminated, BOTH),
        case(&["run=at-exit:f,wait", "f=block"], terminated, BOTH),
        case(&["run=at-exit:f", "f=block"], by_itself, BOTH),
        // Shields: in `run`, of a worker when `start`, `run` or `stop` ends, in an exit function's way.
        case(
            &["run=shield:ledger,say:in,block"],
            terminated_inside,
            NEITHER,
        ),
        case(&["run=shield:ledger,hang"], terminated, NEITHER),
        case(&["run=shield:ledger,hang"], insisted, NEITHER),
        case(
            &["start=thread:worker,pass:in,line", WORKER],
            terminated_in_start,
            NEITHER,
        ),
        case(
            &["start=thread:worker,pass:in", WORKER, "run=wait"],
            terminated,
            NEITHER,
        ),
        case(
            &["start=thread:worker,pass:in", WORKER, "run=hang"],
            insisted,
            NEITHER,
        ),
        case(
            &["run=wait", "stop=thread:worker,pass:in", WORKER],
            terminated,
            BOTH,
        ),
        // A call of `process::exit`, which waits for a shield.
        case(
            &[
                "start=thread:worker,pass:in",
                WORKER,
                "run=thread:quitter,hang",
                "quitter=exit:5",
            ],
            by_itself,
            NEITHER,
        ),
        // A child is no reason not to end: it is killed.
        Case {
            script: &["run=child:a,wait"],
            bring: |app| {
                children::started(app);
                app.send_signal(SIGTERM);
            },
            status: Death(SIGTERM),
            stops: BOTH,
        },
        case(
            &["run=child:a,wait", "stop=shield:x,child-wait:a,unshield"],
            |app| {
                children::started(app);
                app.send_signal(SIGTERM);
            },
            NEITHER,
        ),
    ];
    if ON.is_tasks() {
        // What is dropped with `run`.
        cases.push(case(&["run=slow-drop,hang"], terminated, NEITHER));
        cases.push(case(&["run=slow-drop,hang"], insisted, NEITHER));
    }
    cases
}

fn check(case: &Case) {
    let child = child("", DEAF);
    let script = [case.script, &ALL, &[&child]].concat();
    let started = Instant::now();
    let mut app = phases(&script).spawn();
    (case.bring)(&mut app);
    let output = app.wait();
    match case.status {
        Insisted if output.signal() == Some(SIGINT as i32) => &output,
        Limit | Insisted => output.assert_code(124),
        Death(signal) => output.assert_signal(signal),
    };
    let stops = case.stops[usize::from(ON.is_tasks())];
    output.assert(
        (output.count("P-") == 1) == stops,
        &format!("{:?}: `stop` was to end: {stops}", case.script),
    );
    output.assert(
        output.duration_since(started) <= IN_TIME,
        "it was to end in time",
    );
}

#[test]
fn row_139_whatever_never_ends() {
    let (cases, next) = (cases(), AtomicUsize::new(0));
    // The programs mostly sleep.
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    check(case);
                }
            });
        }
    });
}

/// A signal in the body of `main` waits for the shields that are held there.
#[test]
fn row_139_a_shield_in_the_body() {
    if ON.is_tasks() {
        return;
    }
    let mut app = scene(&["held-body"]).spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_stdout(&["in"]);
}
