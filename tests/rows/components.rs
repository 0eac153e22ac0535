//! Components: they start in order, run side by side, and stop in reverse.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

use super::children::{self, POLITE, child};
use super::deadlines::{LIMIT, on_time};
use crate::ON;
use crate::support::{
    A_WHILE, Ending, Program, Running, best_of_three, pause_past_debounce, phases, until,
};

const STARTS: [&str; 6] = [
    "database S+",
    "database S-",
    "cache S+",
    "cache S-",
    "api S+",
    "api S-",
];

const RUNS: [&str; 3] = ["database R+", "cache R+", "api R+"];

const STOPS: [&str; 6] = [
    "api P+",
    "api P-",
    "cache P+",
    "cache P-",
    "database P+",
    "database P-",
];

fn components(script: &[&str]) -> Program {
    phases(&[&["components=yes"], script].concat())
}

/// One that runs: all three do.
fn running(script: &[&str]) -> Running {
    let mut app = components(script).spawn();
    app.expect_all(&RUNS);
    app
}

fn all_started_and_stopped(ending: &Ending) {
    let lines = [&STARTS[..], &STOPS].concat();
    ending.in_order(&lines);
    for line in lines {
        ending.once(line);
    }
}

#[test]
fn row_100_sigterm_in_run() {
    let app = running(&["cleanup=yes"]);
    app.signal(SIGTERM);
    let ending = app.finish();
    ending.died_by(SIGTERM).quiet();
    all_started_and_stopped(&ending);
    ending.in_order(&["api P-", "api U", "cache P+"]);
    ending.in_order(&["cache P-", "cache U", "database P+"]);
    ending.in_order(&["database P-", "database U"]);
    // Side by side: none had ended when the last of them began.
    for run in RUNS {
        ending.in_order(&[run, "api P+"]).once(run);
        ending.once(&run.replace('+', "-"));
    }
    ending.in_order(&["api S-", "database R+", "database R-", "api P+"]);
}

/// A thread each, named after the component; or one task for all.
#[test]
fn row_100_where_they_run() {
    let app = running(&[]);
    let threads = app.process().tasks();
    let is_there = |name: &&str| threads.iter().any(|thread| thread.name == *name);
    let known = ["database", "cache", "api"]
        .iter()
        .filter(|name| is_there(name));
    assert_eq!(known.count(), if ON.is_tasks() { 0 } else { 3 });
    app.signal(SIGTERM);
    app.finish().died_by(SIGTERM);
}

#[test]
fn row_101_a_request_in_the_second_start() {
    let said = [
        "database S+",
        "database S-",
        "cache S+",
        "accepted",
        "cache S-",
        "cache P+",
        "cache P-",
        "cache U",
        "database P+",
        "database P-",
        "database U",
    ];
    let script = ["cache.start=accepted,line", "cleanup=yes"];
    for signal in [SIGINT, SIGTERM] {
        let mut app = components(&script).spawn();
        app.expect("cache S+");
        app.signal(signal);
        app.expect("accepted");
        app.go();
        app.finish().died_by(signal).said(&said).quiet();
    }
    components(&["cache.start=request:enough,accepted", "cleanup=yes"])
        .spawn()
        .finish()
        .exited(0)
        .said(&said)
        .quiet();
}

/// Wherever in the start it comes: what has started is stopped, and nothing else; all run, or none.
#[test]
fn row_101_a_signal_anywhere_in_the_start() {
    // Long enough for the signal to come in the middle of one.
    let script = [
        "database.start=sleep:5",
        "cache.start=sleep:5",
        "api.start=sleep:5",
    ];
    let mut counts = [0; 4];
    for round in 0..200_u32 {
        let mut app = components(&script).spawn();
        app.expect(STARTS[(round % 6) as usize]);
        for _ in 0..(round / 6) * 50 {
            std::hint::spin_loop();
        }
        app.signal(SIGTERM);
        let ending = app.finish();
        ending.died_by(SIGTERM).quiet();
        let started = STARTS.iter().filter(|line| ending.count(line) == 1).count();
        ending.check(started % 2 == 0, "what has begun to start was to end it");
        let stopped = &STOPS[6 - started..];
        let runs: Vec<_> = RUNS.iter().filter(|run| ending.count(run) == 1).collect();
        ending.check(
            runs.is_empty() || (runs.len() == 3 && started == 6),
            "all were to run, or none",
        );
        ending.in_order(&[&STARTS[..started], stopped].concat());
        for (at, line) in STOPS.iter().enumerate() {
            ending.times(line, usize::from(at >= 6 - started));
        }
        counts[started / 2] += 1;
    }
    println!("row 101: {counts:?} times 0, 1, 2 or 3 of them had started");
    assert!(
        counts.iter().filter(|&&count| count > 0).count() > 1,
        "the signal came at one and the same moment in 200 attempts"
    );
}

/// What there is of one whose second component cannot start.
const TAKEN_BACK: [&str; 5] = [
    "cache U",
    "database P+",
    "database P-",
    "database U",
    "database S+",
];

fn is_taken_back(ending: &Ending) {
    ending.in_order(&["database S+", "database S-", "cache S+"]);
    ending.in_order(&TAKEN_BACK[..4]);
    for line in TAKEN_BACK {
        ending.once(line);
    }
    for line in ["api S+", "api P+", "cache P+", "database R+"] {
        ending.never(line);
    }
}

#[test]
fn row_102_a_start_fails() {
    let ending = components(&["cache.start=err:no room", "cleanup=yes"])
        .spawn()
        .finish();
    ending
        .exited(1)
        .complained_once("Error: component `cache` cannot start: Text(\"no room\")");
    is_taken_back(&ending);

    // After a signal, too: a failure beats it.
    let script = ["cache.start=accepted,err:no room", "cleanup=yes"];
    let mut app = components(&script).spawn();
    app.expect("cache S+");
    app.signal(SIGTERM);
    let ending = app.finish();
    ending
        .exited(1)
        .complained_once("component `cache` cannot start: Text(\"no room\")");
    is_taken_back(&ending);
}

/// The first has none before it, and the last has all.
#[test]
fn row_102_the_first_and_the_last() {
    components(&["database.start=err:no disk"])
        .spawn()
        .finish()
        .exited(1)
        .said(&STARTS[..2])
        .complained_once("component `database` cannot start");
    let ending = components(&["api.start=err:port in use", "cache.stop=err:too late"])
        .spawn()
        .finish();
    ending
        .exited(1)
        .said(&[&STARTS[..], &STOPS[2..]].concat())
        .complained_once("component `api` cannot start: Text(\"port in use\")")
        .complained_once("component `cache` cannot stop: Text(\"too late\")");
}

#[test]
fn row_103_a_start_panics() {
    let ending = components(&["cache.start=panic:no idea", "cleanup=yes"])
        .spawn()
        .finish();
    ending
        .exited(101)
        .complained_once("no idea")
        .complained_once("Error: component `cache` has panicked in `start`");
    is_taken_back(&ending);
}

/// However long the start has taken, what takes it back has all the time of `stop`.
#[test]
fn row_104_the_time_to_take_back() {
    let began = Instant::now();
    let script = ["cache.start=sleep:700,err:no room", "timeout-stop=500"];
    let ending = components(&script).spawn().finish();
    ending
        .exited(1)
        .in_order(&["cache S-", "database P+", "database P-"]);
    ending.check(
        ending.after(began) > Duration::from_millis(700),
        "it was to be slow",
    );

    let script = [
        "cache.start=err:no room",
        "database.stop=hang",
        "timeout-stop=400",
    ];
    let said = [
        "database S+",
        "database S-",
        "cache S+",
        "cache S-",
        "database P+",
    ];
    let script = [&["components=yes"], &script[..]].concat();
    on_time(
        &script,
        &said,
        "waiting for `stop` of component `database`",
        |app| app.expect("database P+"),
    );
}

#[test]
fn row_105_a_start_takes_too_long() {
    let script = ["components=yes", "cache.start=hang", "timeout-start=400"];
    on_time(
        &script,
        &STARTS[..3],
        "waiting for `start` of component `cache`",
        |app| app.expect("database S+"),
    );
}

#[test]
fn row_106_a_stop_fails() {
    let script = ["cache.stop=err:full", "api.stop=err:busy", "cleanup=yes"];
    let app = running(&script);
    app.signal(SIGTERM);
    let ending = app.finish();
    ending
        .exited(1)
        .complained_once("Error: component `api` cannot stop: Text(\"busy\")")
        .complained_once("Error: component `cache` cannot stop: Text(\"full\")");
    all_started_and_stopped(&ending);
    ending.in_order(&["api U", "cache U", "database U"]);
}

#[test]
fn row_107_a_stop_panics() {
    let app = running(&[
        "cache.stop=panic:torn",
        "database.stop=err:full",
        "cleanup=yes",
    ]);
    app.signal(SIGTERM);
    let ending = app.finish();
    ending
        .exited(101)
        .in_order(&[
            "api P-",
            "cache P+",
            "cache U",
            "database P+",
            "database P-",
        ])
        .complained_once("torn")
        .complained_once("Error: component `cache` has panicked in `stop`")
        .complained_once("component `database` cannot stop");
}

/// They have it together, and who has used it up is named.
#[test]
fn row_108_a_stop_takes_too_long() {
    let script = ["cache.stop=hang", "timeout-stop=400"];
    best_of_three(LIMIT + Duration::from_millis(100), || {
        let mut app = running(&script);
        app.signal(SIGTERM);
        let begun = app.expect("cache P+");
        let ending = app.finish();
        ending
            .exited(124)
            .complained_of(&["timeout(stop)"])
            .complained_of(&["waiting for `stop` of component `cache`"])
            .never("database P+");
        ending.after(begun)
    });
}

#[test]
fn row_109_a_run_ends() {
    let mut app = running(&["cache.run=line", "api.stop=log"]);
    app.is_going_on("api R-");
    app.go();
    let ending = app.finish();
    ending
        .exited(0)
        .in_order(&["cache R-", "api P+", "reason component `cache` has ended"])
        .once("api R-")
        .once("database R-")
        .quiet();
    all_started_and_stopped(&ending);
}

/// The error is there before the others have ended.
#[test]
fn row_110_a_run_fails() {
    let mut app = running(&[
        "cache.run=line,err:no network",
        "api.run=accepted,line",
        "api.stop=log",
    ]);
    app.go();
    app.expect("accepted");
    app.expect_complaint(&["Error: component `cache` has failed: Text(\"no network\")"]);
    app.is_going_on("api R-");
    app.go();
    let ending = app.finish();
    ending
        .exited(1)
        .in_order(&["api P+", "reason component `cache` has failed"])
        .once("database R-");
    all_started_and_stopped(&ending);
}

/// What fails after a signal counts as well, and `Err(Cancelled)` does not.
#[test]
fn row_110_after_a_signal() {
    let app = running(&["cache.run=wait,checkpoint?", "api.run=wait,err:late"]);
    app.signal(SIGTERM);
    let ending = app.finish();
    ending
        .exited(1)
        .complained_once("component `api` has failed: Text(\"late\")");
    ending.check(ending.stderr().len() == 1, "one error was due");
    let app = running(&["cache.run=wait,checkpoint?"]);
    app.signal(SIGTERM);
    app.finish().died_by(SIGTERM).quiet();
}

#[test]
fn row_111_a_run_panics() {
    let mut app = running(&["cache.run=line,panic:torn", "api.stop=log"]);
    app.go();
    let ending = app.finish();
    ending
        .exited(101)
        .in_order(&["api P+", "reason component `cache` has panicked"])
        .once("database R-")
        .once("api R-")
        .complained_once("torn")
        .complained_once("Error: component `cache` has panicked in `run`");
    all_started_and_stopped(&ending);
}

#[test]
fn row_112_a_run_returns_a_code() {
    let script = ["cache.run=line,code:3", "api.run=wait,checkpoint?"];
    let mut app = running(&script);
    app.go();
    let ending = app.finish();
    ending.exited(3).quiet();
    all_started_and_stopped(&ending);
    // The first counts, and a signal does not.
    let mut app = running(&["cache.run=line,code:3", "api.run=wait,code:4"]);
    app.go();
    app.finish().exited(3);
    let app = running(&["cache.run=wait,code:3"]);
    app.signal(SIGTERM);
    app.finish().exited(3);
}

#[test]
fn row_113_no_component_has_a_run() {
    let mut app = phases(&["components=without-run", "cleanup=yes"]).spawn();
    app.expect("api S-");
    app.is_going_on("api P+");
    app.signal(SIGTERM);
    let ending = app.finish();
    ending.died_by(SIGTERM).quiet();
    all_started_and_stopped(&ending);
}

fn names_database(ending: &Ending) -> bool {
    let complaints = ending.stderr();
    complaints.iter().any(|line| line.contains("database"))
}

/// One that does not listen.
#[test]
fn row_114_insisting() {
    let mut app = running(&["cache.run=accepted,hang", "api.run=accepted,hang"]);
    app.signal(SIGINT);
    app.expect("accepted");
    app.expect("accepted");
    pause_past_debounce();
    app.signal(SIGINT);
    let ending = app.finish();
    ending.died_by(SIGINT).once("database R-");
    if ON.is_tasks() {
        // What is dropped at once need not be named.
        ending.in_order(&["api R dropped", "cache R dropped", "api P+"]);
        all_started_and_stopped(&ending);
    } else {
        ending
            .in_order(&STARTS)
            .never("api P+")
            .complained_of(&["waiting for `run` of component `cache`"])
            .complained_of(&["waiting for `run` of component `api`"]);
        ending.check(!names_database(&ending), "that one had ended");
    }
}

#[test]
fn row_115_a_run_takes_too_long() {
    let script = ["cache.run=accepted,hang", "timeout-run=400"];
    let mut app = running(&script);
    let asked = Instant::now();
    app.signal(SIGTERM);
    app.expect("accepted");
    let ending = app.finish();
    ending
        .exited(124)
        .once("database R-")
        .complained_of(&["timeout(run)"])
        .complained_of(&["waiting for `run` of component `cache`"]);
    ending.check(!names_database(&ending), "that one had ended");
    ending.check(ending.after(asked) >= LIMIT, "it was not over yet");
    if ON.is_tasks() {
        ending.once("cache R dropped");
        all_started_and_stopped(&ending);
    } else {
        ending.never("api P+");
    }
}

#[test]
fn row_116_functions_of_signals() {
    let mut app = running(&["usr1=say:one", "usr2=say:two,line,err:unreadable"]);
    app.signal(SIGUSR1);
    app.expect("usr1-");
    app.signal(SIGUSR2);
    app.expect("two");
    app.is_going_on("api R-");
    app.go();
    let ending = app.finish();
    ending
        .exited(1)
        .in_order(&["usr1+", "one", "usr1-", "usr2+", "two", "usr2-", "api P+"])
        .complained_once("unreadable");
    all_started_and_stopped(&ending);
}

/// Where not all have started they are not called: there is nothing for them to see.
#[test]
fn row_116_after_a_request_in_the_start() {
    let script = [
        "usr2=say:two",
        "cache.start=say:in,line",
        "database.stop=delivered:USR2",
    ];
    let mut app = components(&script).spawn();
    app.expect("in");
    app.signal(SIGUSR2);
    app.signal(SIGTERM);
    app.go();
    app.finish().died_by(SIGTERM).never("usr2+").quiet();
}

/// With a drain, the others go on for so long.
#[test]
fn row_117_a_run_ends_where_the_app_drains() {
    let mut app = running(&[
        "cache.run=line,ok",
        "api.run=on-request:told,pass:told,checkpoint,wait,checkpoint",
        "told=open:told",
        "drain=400",
    ]);
    let asked = Instant::now();
    app.go();
    let cancelled = app.expect("checkpoint Err(Cancelled)");
    app.finish().exited(0).quiet().in_order(&[
        "cache R-",
        "checkpoint Ok",
        "checkpoint Err(Cancelled)",
        "api P+",
    ]);
    let drained = cancelled.saturating_duration_since(asked);
    assert!(drained >= LIMIT, "the drain was not over yet");
}

/// In a program that goes on, and another time.
#[test]
fn row_118_inside_another_program() {
    let ending = components(&["embedded=twice", "cache.run=code:7", "cleanup=yes"])
        .spawn()
        .finish();
    ending
        .exited(0)
        .times("status Code(7)", 2)
        .times("reason component `cache` has ended", 2)
        .once("dispositions as before");
    for line in STARTS.iter().chain(&STOPS) {
        ending.times(line, 2);
    }
}

/// What an earlier component has started is told when all of them have, though the one that has started it has long ended
/// its own start.
#[test]
fn row_119_a_child_of_an_earlier_start() {
    let script = [
        "components=yes",
        "database.start=child:a",
        "cache.start=accepted,line,say:built",
        &child("tell", POLITE),
    ];
    let mut app = children::app(&script).spawn();
    children::started(&mut app);
    until("the next one starts", || app.has_said("cache S+"));
    app.signal(SIGTERM);
    app.expect("accepted");
    // As long as it would take.
    thread::sleep(A_WHILE);
    app.is_going_on("told");
    app.go();
    let ending = children::finish(app);
    ending
        .died_by(SIGTERM)
        .in_order(&["built", "told"])
        .never("api S+");
}
