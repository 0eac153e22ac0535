//! Exits that the app does not conduct: a thread or a task calls `process::exit`, or a `main` without an app ends.

use std::thread;
use std::time::{Duration, Instant};

#[cfg(unix)]
use aplomb_testing::Signal::{SIGABRT, SIGKILL};
use aplomb_testing::Signal::{SIGINT, SIGTERM};
use aplomb_testing::{Capability, Child, Output, assert_best_of, wait_until};

use super::deadlines::{LIMIT, on_time};
use super::start_stop::AT_ONCE;
use crate::ON;
use crate::programs::{phases, scene};
use crate::support::{A_WHILE, SENDING, available, pause_past_debounce};

/// How late the end of a limit may be noticed.
const ALLOWANCE: Duration = Duration::from_millis(100).saturating_add(SENDING);

/// Each app here has an exit function that says so.
const BYE: [&str; 2] = ["bye=say:bye", "exit-wait=400"];

/// The app exits with 5 when its limit is over, and not before; the shield that it has waited for is named.
fn cut(script: &[&str], held: &str, bring: impl Fn(&mut Child) -> Instant) {
    assert_best_of(3, LIMIT + ALLOWANCE, || {
        let spawned = Instant::now();
        let mut app = phases(script).args(BYE).spawn();
        let begun = bring(&mut app);
        let output = app.wait();
        output
            .assert_code(5)
            .assert_once("bye")
            .assert_stderr_once(&[&format!("not waited for after 400ms: shield `{held}`")]);
        assert_never_names_itself(&output);
        output.assert(
            output.duration_since(spawned) >= LIMIT,
            "the limit was not over yet",
        );
        output.duration_since(begun)
    });
}

fn assert_never_names_itself(output: &Output) {
    let itself = |line: &String| line.contains("shield `exit`");
    output.assert(
        !output.stderr().iter().any(itself),
        "the exit does not wait for itself",
    );
}

/// Waits until all threads of the app sleep: there is nothing left for the library to do.
#[cfg(unix)]
pub fn wait_until_asleep(app: &Child) {
    let process = app.process();
    wait_until("all threads sleep", || {
        let threads = process.threads();
        threads.iter().all(|thread| thread.state == 'S')
    });
}

fn quits(app: &mut Child) -> Instant {
    app.expect("quits")
}

const QUITTER: &str = "quitter=say:quits,exit:5";

#[test]
fn row_152_start_waits_for_who_exits() {
    let script = ["start=at-exit:bye,spawn:quitter,join:quitter", QUITTER];
    cut(&script, "start", quits);
}

#[test]
fn row_152_stop_waits_for_who_exits() {
    let stop = "stop=at-exit:bye,spawn:quitter,join:quitter";
    cut(&["run=ok", stop, QUITTER], "stop", quits);
}

#[test]
fn row_152_a_worker_waits_for_who_exits() {
    let script = [
        "run=at-exit:bye,spawn:worker,pass:in,say:quits,exit:5",
        "worker=shield:ledger,open:in,hang",
    ];
    cut(&script, "ledger", quits);
}

/// What waits by means of this library is known not to end.
#[test]
fn row_152_a_shield_waits_in_run_blocking() {
    let script = [
        "start=at-exit:bye",
        "run=shield:ledger,say:in,run-blocking-exit:5,say:out,unshield",
        "bye=say:bye",
    ];
    phases(&script)
        .spawn()
        .wait()
        .assert_code(5)
        .assert_stdout(&["S+", "S-", "R+", "in", "bye"])
        .assert_no_stderr();
}

/// The standard library stops the second thread for good.
#[test]
fn row_152_two_exit_inside_shields() {
    let script = [
        "run=at-exit:bye,spawn:first,spawn:second,hang",
        "first=shield:one,open:one,pass:two,say:quits,exit:5",
        "second=shield:one,open:two,pass:one,say:quits,exit:5",
    ];
    cut(&script, "one", |app| {
        app.expect("quits");
        app.expect("quits")
    });
}

#[cfg(unix)]
#[test]
fn row_152_while_the_app_waits_for_shields() {
    if !available(Capability::Linux, "row_152") {
        return;
    }
    let script = [
        "start=at-exit:bye,spawn:worker,spawn:quitter,pass:in",
        "worker=shield:ledger,open:in,hang",
        "run=ok",
        "quitter=line,say:quits,exit:5",
    ];
    cut(&script, "ledger", |app| {
        app.expect("R-");
        wait_until_asleep(app);
        app.send_line("go");
        app.expect("quits")
    });
}

/// Without the option it waits for ten seconds; who exits is named, and what that leaves out.
#[test]
fn row_152_ten_seconds() {
    let script = [
        "run=at-exit:bye,thread:quitter,hang",
        "quitter=thread:worker,pass:in,say:quits,exit:5",
        "worker=shield:ledger,open:in,hang",
        "bye=say:bye",
    ];
    let ten = Duration::from_secs(10);
    assert_best_of(3, ten + 2 * ALLOWANCE, || {
        let mut app = phases(&script).spawn();
        let quits = app.expect("quits");
        let output = app.wait();
        let took = output.duration_since(quits);
        output
            .assert_code(5)
            .assert_once("bye")
            .assert_stderr_once(&[
                "thread `quitter` exits the process, so `stop` is not called: call `Shutdown::request_exit` instead",
            ])
            .assert_stderr(&["waiting for shield `ledger`"])
            .assert_stderr_once(&["not waited for after 10s: shield `ledger`"])
            .assert(took + ALLOWANCE >= ten, "ten seconds were not over yet");
        took
    });
}

#[test]
fn row_153_timeout_of_start() {
    let script = [
        "start=spawn:quitter,join:quitter",
        QUITTER,
        "timeout-start=400",
        "exit-wait=100",
    ];
    on_time(&script, &["S+", "quits"], "start", |app| app.expect("S+"));
}

#[test]
fn row_153_timeout_of_stop() {
    let script = [
        "run=ok",
        "stop=spawn:quitter,join:quitter",
        QUITTER,
        "timeout-stop=400",
        "exit-wait=100",
    ];
    let lines = ["S+", "S-", "R+", "R-", "P+", "quits"];
    on_time(&script, &lines, "stop", |app| app.expect("P+"));
}

#[cfg(unix)]
#[test]
fn row_153_timeout_between_run_and_stop() {
    if !available(Capability::Linux, "row_153") {
        return;
    }
    let script = [
        "start=spawn:worker,spawn:quitter,pass:in",
        "worker=shield:ledger,open:in,hang",
        "run=ok",
        "quitter=line,exit:5",
        "timeout-stop=400",
        "exit-wait=100",
    ];
    on_time(&script, &["S+", "S-", "R+", "R-"], "ledger", |app| {
        let ended = app.expect("R-");
        wait_until_asleep(app);
        app.send_line("go");
        ended
    });
}

#[test]
fn row_153_deadline() {
    let script = [
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,hang",
        "run=exit:5",
        "deadline=400",
        "exit-wait=100",
    ];
    on_time(&script, &["S+", "S-", "R+"], "ledger", |app| {
        app.expect("R+")
    });
}

/// A limit ends with its phase. From then on the exit has a limit of its own again.
#[test]
fn row_153_the_phase_ends_in_time() {
    let script = [
        "start=at-exit:bye,spawn:worker,spawn:quitter,pass:in,line",
        "worker=shield:ledger,open:in,hang",
        QUITTER,
        "timeout-start=10000",
    ];
    cut(&script, "ledger", |app| {
        app.expect("quits");
        app.send_line("go");
        app.expect("S-")
    });
}

/// As long as a limit is in force, the thread that exits sleeps. It wakes when there may be something to name, twice a
/// second, and when the closed gate is to be opened for a moment, at most six times in these two seconds.
#[cfg(unix)]
#[test]
fn row_153_nothing_polls() {
    const WHILE: Duration = Duration::from_secs(2);
    if !available(Capability::Linux, "row_153") {
        return;
    }
    let script = [
        "start=thread:worker,pass:in,thread:quitter,hang",
        "worker=shield:ledger,open:in,hang",
        QUITTER,
        "timeout-start=60000",
    ];
    let mut app = phases(&script).spawn();
    app.expect("quits");
    wait_until_asleep(&app);
    let process = app.process();
    let switches = || {
        let threads = process.threads();
        let quitter = threads.iter().find(|thread| thread.name == "quitter");
        quitter.expect("it waits").voluntary_switches
    };
    let before = switches();
    // The row is about this time.
    thread::sleep(WHILE);
    let woken = switches() - before;
    assert!(woken <= 20, "woken {woken} times in {WHILE:?}");
    app.send_signal(SIGKILL);
    app.wait().assert_signal(SIGKILL);
}

/// A thread has called `exit`, and waits for a worker.
fn exiting(options: &[&str]) -> Child {
    let script = [
        "start=at-exit:bye,spawn:worker,pass:in",
        "worker=shield:ledger,open:in,line,say:whole,unshield,hang",
        "run=thread:quitter,hang",
        QUITTER,
        "bye=say:bye",
    ];
    let mut app = phases(&script).args(options).spawn();
    app.expect("quits");
    app
}

#[test]
fn row_154_signals_do_not_hasten_an_exit() {
    assert_best_of(3, A_WHILE + SENDING, || {
        let mut app = exiting(&[]);
        app.send_signal(SIGTERM);
        pause_past_debounce();
        app.send_signal(SIGTERM);
        let insisted = Instant::now();
        app.send_signal(SIGINT);
        app.expect_stderr(&["waiting for shield `ledger`"]);
        let named = insisted.elapsed();
        app.assert_running_without("whole");
        app.send_line("go");
        app.wait()
            .assert_code(5)
            .assert_in_order(&["quits", "whole", "bye"]);
        named
    });
}

#[test]
fn row_154_force_after() {
    assert_best_of(3, AT_ONCE, || {
        let app = exiting(&["force-after=2"]);
        app.send_signal(SIGINT);
        pause_past_debounce();
        let insisted = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output.assert_signal(SIGINT).assert_never("bye");
        output.duration_since(insisted)
    });
}

#[test]
fn row_155_an_exit_function_exits() {
    let script = [
        "start=at-exit:first,at-exit:second",
        "first=say:1",
        "second=say:2,exit:9",
    ];
    phases(&script)
        .args(["run=ok"])
        .spawn()
        .wait()
        .assert_code(9)
        .assert_in_order(&["P-", "2", "1"])
        .assert_no_stderr();
    let aborted = phases(&script).args(["run=exit:3"]).spawn().wait();
    aborted.assert_once("2").assert_never("1");
    #[cfg(unix)]
    aborted.assert_signal(SIGABRT);
}

/// What C code has registered until `start` has ended is called behind the exit functions, also where code of the
/// program exits.
#[cfg(unix)]
#[test]
fn row_156_functions_of_c() {
    for (run, code) in [("run=ok", 0), ("run=exit:3", 3)] {
        phases(&["start=at-exit:bye,c-at-exit", "bye=say:bye", run])
            .spawn()
            .wait()
            .assert_code(code)
            .assert_in_order(&["bye", "C"])
            .assert_once("C");
    }
    // Later the call of `at_exit` counts.
    phases(&["run=c-at-exit,at-exit:bye,exit:3", "bye=say:bye"])
        .spawn()
        .wait()
        .assert_code(3)
        .assert_in_order(&["bye", "C"]);
}

#[cfg(unix)]
#[test]
fn row_156_the_end_of_a_main_without_an_app() {
    let mut program = scene(&["no-app"]);
    program = program.args(["worker=shield:ledger,open:in,line,say:whole"]);
    let mut program = program.spawn();
    program.expect("main ends");
    program.assert_running_without("whole");
    program.send_line("go");
    program
        .wait()
        .assert_code(0)
        .assert_stdout(&["main ends", "whole"]);
}

/// A thread exits as the app's own thread begins to call the exit functions. One of the two calls each function, and
/// the other one waits for it.
#[test]
fn row_159_an_exit_while_the_exit_functions_begin() {
    let script = [
        "start=at-exit:one,at-exit:two,at-exit:three,thread:quitter",
        "one=say:1+,sleep:1,say:1-",
        "two=say:2+,sleep:1,say:2-",
        "run=ok",
        "quitter=pass:ending,exit:3",
        "quiet=SRP",
    ];
    let whole = [
        "3+", "sleep Ok", "3-", "2+", "sleep Ok", "2-", "1+", "sleep Ok", "1-",
    ];
    let mut by_quitter = 0;
    for round in 0..200 {
        // Before the first function, and in it.
        let begins = match round % 2 {
            0 => ["stop=open:ending", "three=say:3+,sleep:1,say:3-"],
            _ => ["stop=ok", "three=open:ending,say:3+,sleep:1,say:3-"],
        };
        let output = phases(&script).args(begins).spawn().wait();
        output.assert_stdout(&whole);
        match output.code() {
            Some(3) => by_quitter += 1,
            _ => {
                output.assert_code(0);
            }
        }
    }
    println!("row 159: the code was that of the thread {by_quitter} times of 200");
}

/// A deadline that has passed counts more than a panic, also of an exit function.
#[test]
fn row_159_an_exit_function_panics_when_a_deadline_has_passed() {
    if !ON.is_tasks() {
        return;
    }
    let script = [
        "start=at-exit:torn",
        "torn=panic:torn",
        "run=accepted,hang",
        "timeout-run=100",
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_code(124)
        .assert_in_order(&["R dropped", "P-"])
        .assert_stderr_once(&["torn"]);
}

/// One of them panics meanwhile: whichever of the two threads has called it, and whichever ends the process.
#[test]
fn row_159_an_exit_function_panics_while_a_thread_exits() {
    let script = [
        "start=at-exit:last,at-exit:torn,thread:quitter",
        "last=say:last",
        "run=ok",
        "quitter=pass:ending,exit:3",
        "quiet=SRP",
    ];
    for round in 0..60 {
        // The thread is in its exit before the panic, or at the same time.
        let torn = match round % 3 {
            0 => "torn=open:ending,sleep:50,panic:torn",
            1 => "torn=open:ending,sleep:1,panic:torn",
            _ => "torn=open:ending,panic:torn",
        };
        let output = phases(&script).arg(torn).spawn().wait();
        output.assert_code(101).assert_once("last");
        output.assert_stderr_once(&["torn"]);
    }
}
