//! Components: they start in order, run side by side, and stop in reverse.

use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::Signal::{SIGINT, SIGTERM};
#[cfg(unix)]
use aplomb_testing::Signal::{SIGUSR1, SIGUSR2};
use aplomb_testing::{Capability, Child, Command, Output, assert_best_of, wait_until};

#[cfg(unix)]
use super::children::{self, POLITE, child};
use super::deadlines::{LIMIT, on_time};
use crate::ON;
use crate::programs::phases;
use crate::support::{A_WHILE, available, pause_past_debounce};

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

fn components(script: &[&str]) -> Command {
    phases(&[&["components=yes"], script].concat())
}

/// Starts an app of three components, and returns it when all three run.
fn running(script: &[&str]) -> Child {
    let mut app = components(script).spawn();
    app.expect_all(&RUNS);
    app
}

fn all_started_and_stopped(output: &Output) {
    let lines = [&STARTS[..], &STOPS].concat();
    output.assert_in_order(&lines);
    for line in lines {
        output.assert_once(line);
    }
}

#[test]
fn row_100_sigterm_in_run() {
    let app = running(&["cleanup=yes"]);
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    all_started_and_stopped(&output);
    output.assert_in_order(&["api P-", "api U", "cache P+"]);
    output.assert_in_order(&["cache P-", "cache U", "database P+"]);
    output.assert_in_order(&["database P-", "database U"]);
    // The components run side by side: none had ended when the last of them began.
    for run in RUNS {
        output.assert_in_order(&[run, "api P+"]).assert_once(run);
        output.assert_once(&run.replace('+', "-"));
    }
    output.assert_in_order(&["api S-", "database R+", "database R-", "api P+"]);
}

/// Each component has a thread that is named after it. In an async app one task runs them all.
#[cfg(unix)]
#[test]
fn row_100_where_they_run() {
    if !available(Capability::Linux, "row_100") {
        return;
    }
    let app = running(&[]);
    let threads = app.process().threads();
    let is_there = |name: &&str| threads.iter().any(|thread| thread.name == *name);
    let known = ["database", "cache", "api"]
        .iter()
        .filter(|name| is_there(name));
    assert_eq!(known.count(), if ON.is_tasks() { 0 } else { 3 });
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
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
        app.send_signal(signal);
        app.expect("accepted");
        app.send_line("go");
        app.wait()
            .assert_signal(signal)
            .assert_stdout(&said)
            .assert_no_stderr();
    }
    components(&["cache.start=request:enough,accepted", "cleanup=yes"])
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&said)
        .assert_no_stderr();
}

/// A signal may come anywhere in the start. Exactly the components that have started are stopped, and all of
/// them run, or none does.
#[cfg(unix)]
#[test]
fn row_101_a_signal_anywhere_in_the_start() {
    // Each start takes long enough for the signal to come in the middle of it.
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
        app.send_signal(SIGTERM);
        let output = app.wait();
        output.assert_signal(SIGTERM).assert_no_stderr();
        let started = STARTS.iter().filter(|line| output.count(line) == 1).count();
        output.assert(started % 2 == 0, "what has begun to start was to end it");
        let stopped = &STOPS[6 - started..];
        let runs: Vec<_> = RUNS.iter().filter(|run| output.count(run) == 1).collect();
        output.assert(
            runs.is_empty() || (runs.len() == 3 && started == 6),
            "all were to run, or none",
        );
        output.assert_in_order(&[&STARTS[..started], stopped].concat());
        for (at, line) in STOPS.iter().enumerate() {
            output.assert_times(line, usize::from(at >= 6 - started));
        }
        counts[started / 2] += 1;
    }
    println!("row 101: {counts:?} times 0, 1, 2 or 3 of them had started");
    assert!(
        counts.iter().filter(|&&count| count > 0).count() > 1,
        "the signal came at one and the same moment in 200 attempts"
    );
}

/// The lines, in order, of an app whose second component cannot start: what has started is taken back.
const TAKEN_BACK: [&str; 5] = [
    "cache U",
    "database P+",
    "database P-",
    "database U",
    "database S+",
];

fn is_taken_back(output: &Output) {
    output.assert_in_order(&["database S+", "database S-", "cache S+"]);
    output.assert_in_order(&TAKEN_BACK[..4]);
    for line in TAKEN_BACK {
        output.assert_once(line);
    }
    for line in ["api S+", "api P+", "cache P+", "database R+"] {
        output.assert_never(line);
    }
}

#[test]
fn row_102_a_start_fails() {
    let output = components(&["cache.start=err:no room", "cleanup=yes"])
        .spawn()
        .wait();
    output
        .assert_code(1)
        .assert_stderr_once(&["Error: component `cache` cannot start: Text(\"no room\")"]);
    is_taken_back(&output);

    // A failure after a signal counts as well, since a failure is more important than a signal.
    let script = ["cache.start=accepted,err:no room", "cleanup=yes"];
    let mut app = components(&script).spawn();
    app.expect("cache S+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_code(1)
        .assert_stderr_once(&["component `cache` cannot start: Text(\"no room\")"]);
    is_taken_back(&output);
}

/// No component stands before the first one, and all others stand before the last one.
#[test]
fn row_102_the_first_and_the_last() {
    components(&["database.start=err:no disk"])
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&STARTS[..2])
        .assert_stderr_once(&["component `database` cannot start"]);
    let output = components(&["api.start=err:port in use", "cache.stop=err:too late"])
        .spawn()
        .wait();
    output
        .assert_code(1)
        .assert_stdout(&[&STARTS[..], &STOPS[2..]].concat())
        .assert_stderr_once(&["component `api` cannot start: Text(\"port in use\")"])
        .assert_stderr_once(&["component `cache` cannot stop: Text(\"too late\")"]);
}

#[test]
fn row_103_a_start_panics() {
    let output = components(&["cache.start=panic:no idea", "cleanup=yes"])
        .spawn()
        .wait();
    output
        .assert_code(101)
        .assert_stderr_once(&["no idea"])
        .assert_stderr_once(&["Error: component `cache` has panicked in `start`"]);
    is_taken_back(&output);
}

/// Taking the start back has all the time of `stop`, however long the start has taken.
#[test]
fn row_104_the_time_to_take_back() {
    let began = Instant::now();
    let script = ["cache.start=sleep:700,err:no room", "timeout-stop=500"];
    let output = components(&script).spawn().wait();
    output
        .assert_code(1)
        .assert_in_order(&["cache S-", "database P+", "database P-"]);
    output.assert(
        output.duration_since(began) > Duration::from_millis(700),
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
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_code(1)
        .assert_stderr_once(&["Error: component `api` cannot stop: Text(\"busy\")"])
        .assert_stderr_once(&["Error: component `cache` cannot stop: Text(\"full\")"]);
    all_started_and_stopped(&output);
    output.assert_in_order(&["api U", "cache U", "database U"]);
}

#[test]
fn row_107_a_stop_panics() {
    let app = running(&[
        "cache.stop=panic:torn",
        "database.stop=err:full",
        "cleanup=yes",
    ]);
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_code(101)
        .assert_in_order(&[
            "api P-",
            "cache P+",
            "cache U",
            "database P+",
            "database P-",
        ])
        .assert_stderr_once(&["torn"])
        .assert_stderr_once(&["Error: component `cache` has panicked in `stop`"])
        .assert_stderr_once(&["component `database` cannot stop"]);
}

/// All components share the time of `stop`. The component that has used it up is named.
#[test]
fn row_108_a_stop_takes_too_long() {
    let script = ["cache.stop=hang", "timeout-stop=400"];
    assert_best_of(3, LIMIT + Duration::from_millis(100), || {
        let mut app = running(&script);
        app.send_signal(SIGTERM);
        let begun = app.expect("cache P+");
        let output = app.wait();
        output
            .assert_code(124)
            .assert_stderr(&["timeout(stop)"])
            .assert_stderr(&["waiting for `stop` of component `cache`"])
            .assert_never("database P+");
        output.duration_since(begun)
    });
}

#[test]
fn row_109_a_run_ends() {
    let mut app = running(&["cache.run=line", "api.stop=log"]);
    app.assert_running_without("api R-");
    app.send_line("go");
    let output = app.wait();
    output
        .assert_code(0)
        .assert_in_order(&["cache R-", "api P+", "reason component `cache` has ended"])
        .assert_once("api R-")
        .assert_once("database R-")
        .assert_no_stderr();
    all_started_and_stopped(&output);
}

/// The error is there before the others have ended.
#[test]
fn row_110_a_run_fails() {
    let mut app = running(&[
        "cache.run=line,err:no network",
        "api.run=accepted,line",
        "api.stop=log",
    ]);
    app.send_line("go");
    app.expect("accepted");
    app.expect_stderr(&["Error: component `cache` has failed: Text(\"no network\")"]);
    app.assert_running_without("api R-");
    app.send_line("go");
    let output = app.wait();
    output
        .assert_code(1)
        .assert_in_order(&["api P+", "reason component `cache` has failed"])
        .assert_once("database R-");
    all_started_and_stopped(&output);
}

/// A failure after a signal counts as well, but `Err(Cancelled)` is no failure.
#[test]
fn row_110_after_a_signal() {
    let app = running(&["cache.run=wait,checkpoint?", "api.run=wait,err:late"]);
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_code(1)
        .assert_stderr_once(&["component `api` has failed: Text(\"late\")"]);
    output.assert(output.stderr().len() == 1, "one error was due");
    let app = running(&["cache.run=wait,checkpoint?"]);
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_no_stderr();
}

#[test]
fn row_111_a_run_panics() {
    let mut app = running(&["cache.run=line,panic:torn", "api.stop=log"]);
    app.send_line("go");
    let output = app.wait();
    output
        .assert_code(101)
        .assert_in_order(&["api P+", "reason component `cache` has panicked"])
        .assert_once("database R-")
        .assert_once("api R-")
        .assert_stderr_once(&["torn"])
        .assert_stderr_once(&["Error: component `cache` has panicked in `run`"]);
    all_started_and_stopped(&output);
}

#[test]
fn row_112_a_run_returns_a_code() {
    let script = ["cache.run=line,code:3", "api.run=wait,checkpoint?"];
    let mut app = running(&script);
    app.send_line("go");
    let output = app.wait();
    output.assert_code(3).assert_no_stderr();
    all_started_and_stopped(&output);
    // The first code counts. A signal takes nothing away from it.
    let mut app = running(&["cache.run=line,code:3", "api.run=wait,code:4"]);
    app.send_line("go");
    app.wait().assert_code(3);
    let app = running(&["cache.run=wait,code:3"]);
    app.send_signal(SIGTERM);
    app.wait().assert_code(3);
}

#[test]
fn row_113_no_component_has_a_run() {
    let mut app = phases(&["components=without-run", "cleanup=yes"]).spawn();
    app.expect("api S-");
    app.assert_running_without("api P+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    all_started_and_stopped(&output);
}

fn names_database(output: &Output) -> bool {
    let complaints = output.stderr();
    complaints.iter().any(|line| line.contains("database"))
}

/// The user insists on the end of components that do not listen.
#[test]
fn row_114_insisting() {
    let mut app = running(&["cache.run=accepted,hang", "api.run=accepted,hang"]);
    app.send_signal(SIGINT);
    app.expect("accepted");
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    let output = app.wait();
    output.assert_signal(SIGINT).assert_once("database R-");
    if ON.is_tasks() {
        // A `run` that is dropped at once need not be named.
        output.assert_in_order(&["api R dropped", "cache R dropped", "api P+"]);
        all_started_and_stopped(&output);
    } else {
        output
            .assert_in_order(&STARTS)
            .assert_never("api P+")
            .assert_stderr(&["waiting for `run` of component `cache`"])
            .assert_stderr(&["waiting for `run` of component `api`"])
            .assert_stderr(&["`run` has not ended", "ends without `stop`"]);
        output.assert(!names_database(&output), "that one had ended");
    }
}

/// One that is in a shield when the user insists ends after it, within its second: all are stopped.
#[test]
fn row_136_a_component_in_a_shield() {
    let mut app = running(&["cache.run=accepted,shield:ledger,say:in,line,unshield"]);
    app.send_signal(SIGINT);
    app.expect("in");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.expect_stderr(&["waiting for shield `ledger`"]);
    app.assert_running_without("api P+");
    app.send_line("go");
    let output = app.wait();
    output.assert_signal(SIGINT).assert_once("api P+");
    all_started_and_stopped(&output);
}

/// What a `run` has ended with counts, also where another one is given up.
#[test]
fn row_192_insisting_when_a_run_has_ended() {
    for (end, code) in [("err:disk", 1), ("panic:torn", 101), ("code:3", 3)] {
        let api = format!("api.run={end}");
        let mut app = components(&["cache.run=accepted,seen:1,hang", &api]).spawn();
        // The others may begin after it.
        app.expect("accepted");
        app.send_signal(SIGINT);
        app.expect("seen 1");
        pause_past_debounce();
        app.send_signal(SIGINT);
        let output = app.wait();
        if ON.is_tasks() {
            output.assert_code(code).assert_once("cache R dropped");
            all_started_and_stopped(&output);
        } else {
            output.assert_signal(SIGINT).assert_never("cache P+");
        }
    }
}

#[test]
fn row_115_a_run_takes_too_long() {
    let script = ["cache.run=accepted,hang", "timeout-run=400"];
    let mut app = running(&script);
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    app.expect("accepted");
    let output = app.wait();
    output
        .assert_code(124)
        .assert_once("database R-")
        .assert_stderr(&["timeout(run)"])
        .assert_stderr(&["waiting for `run` of component `cache`"]);
    output.assert(!names_database(&output), "that one had ended");
    output.assert(output.duration_since(asked) >= LIMIT, "it was not over yet");
    if ON.is_tasks() {
        output.assert_once("cache R dropped");
        all_started_and_stopped(&output);
    } else {
        output.assert_never("api P+");
    }
}

#[cfg(unix)]
#[test]
fn row_116_functions_of_signals() {
    let mut app = running(&["usr1=say:one", "usr2=say:two,line,err:unreadable"]);
    app.send_signal(SIGUSR1);
    app.expect("usr1-");
    app.send_signal(SIGUSR2);
    app.expect("two");
    app.assert_running_without("api R-");
    app.send_line("go");
    let output = app.wait();
    output
        .assert_code(1)
        .assert_in_order(&["usr1+", "one", "usr1-", "usr2+", "two", "usr2-", "api P+"])
        .assert_stderr_once(&["unreadable"]);
    all_started_and_stopped(&output);
}

/// Functions for signals are not called if not all components have started, since they could not see the
/// components that they ask for.
#[cfg(unix)]
#[test]
fn row_116_after_a_request_in_the_start() {
    if !available(Capability::Linux, "row_116") {
        return;
    }
    let script = [
        "usr2=say:two",
        "cache.start=say:in,line",
        "database.stop=delivered:USR2",
    ];
    let mut app = components(&script).spawn();
    app.expect("in");
    app.send_signal(SIGUSR2);
    app.send_signal(SIGTERM);
    app.send_line("go");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_never("usr2+")
        .assert_no_stderr();
}

/// If the app drains, the other components go on until the drain is over.
#[test]
fn row_117_a_run_ends_where_the_app_drains() {
    let mut app = running(&[
        "cache.run=line,ok",
        "api.run=on-request:told,pass:told,checkpoint,wait,checkpoint",
        "told=open:told",
        "drain=400",
    ]);
    let asked = Instant::now();
    app.send_line("go");
    let cancelled = app.expect("checkpoint Err(Cancelled)");
    app.wait()
        .assert_code(0)
        .assert_no_stderr()
        .assert_in_order(&[
            "cache R-",
            "checkpoint Ok",
            "checkpoint Err(Cancelled)",
            "api P+",
        ]);
    let drained = cancelled.saturating_duration_since(asked);
    assert!(drained >= LIMIT, "the drain was not over yet");
}

/// The `run` of an optional component ends well, and the others go on.
#[test]
fn row_207_an_optional_run_ends_well() {
    for end in ["ok", "code:0"] {
        let cache = format!("cache.run=line,{end}");
        let mut app = running(&["optional=cache", &cache, "cleanup=yes"]);
        app.send_line("go");
        app.expect("cache R-");
        app.assert_running_without("api R-");
        app.send_signal(SIGTERM);
        let output = app.wait();
        output.assert_signal(SIGTERM).assert_no_stderr();
        all_started_and_stopped(&output);
        output.assert_in_order(&["cache R-", "api R-", "api U", "cache P+", "cache U"]);
    }
    // The end of another one ends the app, and its reason is that one.
    let script = [
        "optional=cache",
        "cache.run=ok",
        "database.run=line",
        "api.stop=log",
    ];
    let mut app = components(&script).spawn();
    app.expect_all(&["cache R-", "api R+", "database R+"]);
    app.send_line("go");
    app.wait()
        .assert_code(0)
        .assert_in_order(&["api P+", "reason component `database` has ended"])
        .assert_no_stderr();
}

/// Where each `run` is optional and has ended well, the app waits for the request, and goes on through the drain.
#[test]
fn row_207_all_have_ended() {
    let script = [
        "optional=database,cache,api",
        "database.run=ok",
        "cache.run=ok",
        "api.run=line",
        "drain=400",
        "usr1=say:one",
    ];
    let mut app = components(&script[..if cfg!(unix) { 6 } else { 5 }]).spawn();
    app.send_line("go");
    app.expect_all(&["database R-", "cache R-", "api R-"]);
    app.assert_running_without("api P+");
    #[cfg(unix)]
    {
        app.send_signal(SIGUSR1);
        app.expect("usr1-");
    }
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    let stopped = app.expect("api P+");
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    all_started_and_stopped(&output);
    let drained = stopped.saturating_duration_since(asked);
    assert!(drained >= LIMIT, "the drain was not over yet");
}

#[test]
fn row_207_an_optional_run_fails() {
    for (end, code, how) in [
        ("err:disk", 1, "failed"),
        ("panic:torn", 101, "panicked"),
        ("code:3", 3, "ended"),
    ] {
        let cache = format!("cache.run=line,{end}");
        let mut app = running(&["optional=cache", &cache, "api.stop=log"]);
        app.send_line("go");
        let output = app.wait();
        let reason = format!("reason component `cache` has {how}");
        output
            .assert_code(code)
            .assert_in_order(&["api R-", "api P+", &reason]);
        all_started_and_stopped(&output);
    }
}

/// What the `stop` of `cache` says that has a limit of its own.
const OVERDUE: [&str; 2] = [
    "timeout(stop) of component `cache`, 400ms, has passed: its `stop` has not ended",
    "`stop` of component `cache` is left behind",
];

/// The component is left behind, also after a failed start, and the others are stopped.
#[test]
fn row_208_a_stop_takes_longer_than_its_limit() {
    let script = ["cache-limit=400", "cache.stop=hang", "cleanup=yes"];
    assert_best_of(3, LIMIT + Duration::from_millis(150), || {
        let mut app = running(&script);
        app.send_signal(SIGTERM);
        let begun = app.expect("cache P+");
        let left = app.expect("database P+");
        let output = app.wait();
        output.assert_code(124).assert_never("cache P-");
        output.assert_in_order(&["api U", "cache P+", "cache U", "database P+", "database U"]);
        output.assert_times("cache P dropped", usize::from(ON.is_tasks()));
        for line in OVERDUE {
            output.assert_stderr_once(&[line]);
        }
        let took = left.saturating_duration_since(begun);
        output.assert(
            took + Duration::from_millis(10) >= LIMIT,
            "it was not over yet",
        );
        took
    });
    let script = [
        "cache-limit=400",
        "api.start=err:no room",
        "cache.stop=hang",
    ];
    let output = components(&script).spawn().wait();
    output
        .assert_code(124)
        .assert_in_order(&["api S-", "cache P+", "database P+", "database P-"])
        .assert_stderr_once(&[OVERDUE[1]]);
}

/// A `stop` that ends in time ends as any other.
#[test]
fn row_208_a_stop_ends_within_its_limit() {
    for (end, code, said) in [
        ("ok", None, None),
        ("code:3", Some(3), None),
        (
            "err:full",
            Some(1),
            Some("Error: component `cache` cannot stop: Text(\"full\")"),
        ),
        (
            "panic:torn",
            Some(101),
            Some("Error: component `cache` has panicked in `stop`"),
        ),
    ] {
        let stop = format!("cache.stop=line,{end}");
        let mut app = running(&["cache-limit=60000", &stop, "cleanup=yes"]);
        app.send_signal(SIGTERM);
        app.expect("cache P+");
        app.assert_running_without("database P+");
        app.send_line("go");
        let output = app.wait();
        match code {
            Some(code) => output.assert_code(code),
            None => output.assert_signal(SIGTERM),
        };
        match said {
            Some(said) => output.assert_stderr_once(&[said]),
            None => output.assert_no_stderr(),
        };
        output.assert_in_order(&["api U", "cache P+", "cache U", "database P+", "database U"]);
    }
}

/// No request is seen in it. In a task a shield that is held in it is waited for; on its thread it is left behind with
/// it.
#[test]
fn row_208_a_shield_in_it() {
    let script = [
        "cache-limit=400",
        "cache.stop=checkpoint,shield:ledger,line,unshield,hang",
    ];
    let mut app = running(&script);
    app.send_signal(SIGTERM);
    app.expect("checkpoint Ok");
    app.expect_stderr(&[OVERDUE[0]]);
    if ON.is_tasks() {
        app.assert_running_without("database P+");
        app.send_line("go");
    }
    let output = app.wait();
    output
        .assert_code(124)
        .assert_in_order(&["cache P+", "database P+", "database P-"])
        .assert_stderr_once(&[OVERDUE[1]]);
}

/// A `stop` of tasks that blocks its thread cannot be dropped.
#[test]
fn row_208_a_stop_blocks_its_thread() {
    if !ON.is_tasks() {
        return;
    }
    let mut app = running(&["cache-limit=400", "cache.stop=block-line"]);
    app.send_signal(SIGTERM);
    app.expect_stderr(&[OVERDUE[0]]);
    app.assert_running_without("database P+");
    app.send_line("go");
    let output = app.wait();
    output.assert_code(124).assert_in_order(&[
        "cache P+",
        "cache P-",
        "database P+",
        "database P-",
    ]);
    let is_left = output
        .stderr()
        .iter()
        .any(|line| line.contains("left behind"));
    output.assert(!is_left, "it was waited for");
}

/// The exit does not wait for the shield of `stop`, which waits for the exit.
#[test]
fn row_208_it_exits() {
    let mut app = running(&["cache-limit=60000", "cache.stop=exit:3"]);
    app.send_signal(SIGTERM);
    let began = app.expect("cache P+");
    let output = app.wait();
    output.assert_code(3).assert_never("database P+");
    output.assert(
        output.duration_since(began) < Duration::from_secs(5),
        "it was waited for",
    );
}

/// A program that goes on: its next app finds nothing of what was left behind.
#[test]
fn row_208_inside_another_program() {
    let script = [
        "embedded=twice",
        "cache.run=code:7",
        "cache-limit=400",
        "cache.stop=hang",
    ];
    let output = components(&script).spawn().wait();
    output
        .assert_code(0)
        .assert_times("status Code(124)", 2)
        .assert_times("database P-", 2)
        .assert_once("dispositions as before");
    // A limit of zero leaves no time.
    components(&["cache-limit=0"])
        .spawn()
        .wait()
        .assert_code(1)
        .assert_never("database S+")
        .assert_stderr_once(&["`timeout(stop)` of component `cache` is zero"]);
}

/// The components run inside a program that goes on, and then a second time.
#[test]
fn row_118_inside_another_program() {
    let output = components(&["embedded=twice", "cache.run=code:7", "cleanup=yes"])
        .spawn()
        .wait();
    output
        .assert_code(0)
        .assert_times("status Code(7)", 2)
        .assert_times("reason component `cache` has ended", 2)
        .assert_once("dispositions as before");
    for line in STARTS.iter().chain(&STOPS) {
        output.assert_times(line, 2);
    }
}

/// A child that an earlier component has started is told of the request only when the whole start has ended,
/// though that component's own start ended long before.
#[cfg(unix)]
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
    wait_until("the next one starts", || app.has_printed("cache S+"));
    app.send_signal(SIGTERM);
    app.expect("accepted");
    // The child would have been told within this time.
    thread::sleep(A_WHILE);
    app.assert_running_without("told");
    app.send_line("go");
    let output = children::finish(app);
    output
        .assert_signal(SIGTERM)
        .assert_in_order(&["built", "told"])
        .assert_never("api S+");
}
