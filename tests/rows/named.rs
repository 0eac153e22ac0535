//! Whatever the end waits for is named, by one line, on one schedule.

use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::{Child, Command, Output, Sink, Stream};
use nix::sys::signal::Signal::{SIGCONT, SIGINT, SIGSTOP, SIGTERM, SIGUSR1};

#[cfg(unix)]
use super::children::{self, DEAF, child, finish, started};
use crate::ON;
use crate::programs::{phases, scene};
use crate::support::{A_WHILE, pause_past_debounce};

/// A program whose end waits for one thing, until it gets a line.
pub struct Case {
    /// What is named.
    what: &'static str,
    app: Command,
    /// Brings the app to where its end waits.
    bring: fn(&mut Child),
}

impl Case {
    pub fn new(what: &'static str, app: Command, bring: fn(&mut Child)) -> Self {
        Case { what, app, bring }
    }

    fn of_phases(what: &'static str, script: &[&str], bring: fn(&mut Child)) -> Self {
        Case::new(what, phases(script), bring)
    }
}

fn terminated(app: &mut Child) {
    app.expect("R+");
    app.send_signal(SIGTERM);
}

pub fn ends_by_itself(_: &mut Child) {}

/// The age in a line that names this. Where the name ends with a space or a parenthesis, more follows in the line.
fn age(line: &str, what: &str) -> f64 {
    let named = line.strip_prefix("aplomb: waiting for ");
    let named = named.and_then(|rest| rest.strip_suffix(" s")?.rsplit_once(", for "));
    let is_it = |name: &str| name == what || what.ends_with([' ', '(']) && name.starts_with(what);
    let age = named
        .filter(|(name, _)| is_it(name))
        .and_then(|(_, age)| age.parse().ok());
    age.unwrap_or_else(|| panic!("{line:?} was to name {what:?}, and nothing else"))
}

/// Each app names what its end waits for after 1 s and after 5 s, and nothing else. All of them wait at the same time.
pub fn each_is_named(cases: Vec<Case>) -> Vec<Output> {
    let begun = cases.into_iter().map(|case| {
        let mut app = case.app.spawn();
        (case.bring)(&mut app);
        (case.what, app)
    });
    let begun: Vec<_> = begun.collect();
    let ended = begun.into_iter().map(|(what, mut app)| {
        for _ in ["after 1 s", "after 5 s"] {
            app.expect_stderr(&[what]);
        }
        app.send_line("go");
        let output = app.wait();
        let ages: Vec<_> = output.stderr().iter().map(|line| age(line, what)).collect();
        // A machine that is busy is late.
        let as_expected = matches!(ages[..], [first, second]
            if (1.0..4.0).contains(&first) && (5.0..14.0).contains(&second));
        output.assert(as_expected, "it was to be named after 1 s and after 5 s");
        output
    });
    ended.collect()
}

#[test]
fn row_146_phases() {
    let outputs = each_is_named(vec![
        Case::of_phases("`run`", &["run=line"], terminated),
        Case::of_phases("shield `stop` (", &["run=ok", "stop=line"], ends_by_itself),
        Case::of_phases("shield `start` (", &["start=line"], |app| {
            app.expect("S+");
            app.send_signal(SIGTERM);
        }),
    ]);
    let ends = outputs
        .iter()
        .map(|output| (output.code(), output.signal()));
    let by_signal = (None, Some(SIGTERM as i32));
    assert!(ends.eq([by_signal, (Some(0), None), by_signal]));
}

#[test]
fn row_146_the_body_of_main() {
    let app = scene(&["body", "case=asks"]);
    each_is_named(vec![Case::new("the body of `main`", app, ends_by_itself)]);
}

#[test]
fn row_146_functions_of_components() {
    let of = |script: &[&'static str]| phases(&[&["components=yes"][..], script].concat());
    let hangs = |script| [script, "api.run=wait", "database.run=wait"];
    let terminated = |app: &mut Child| {
        app.expect_all(&["database R+", "cache R+", "api R+"]);
        app.send_signal(SIGTERM);
    };
    each_is_named(vec![
        Case::new(
            "`run` of component `cache`",
            of(&hangs("cache.run=line")),
            terminated,
        ),
        Case::new(
            "`stop` of component `cache`",
            of(&hangs("cache.stop=line")),
            terminated,
        ),
        Case::new(
            "`start` of component `cache`",
            of(&["cache.start=line"]),
            |app| {
                app.expect("cache S+");
                app.send_signal(SIGTERM);
            },
        ),
    ]);
}

#[test]
fn row_147_functions_that_we_call() {
    let undo = "`Cleanup` step `step` (";
    let on_request = ["start=on-request:f", "f=line", "run=wait"];
    let at_exit = ["start=at-exit:f", "f=line", "run=ok"];
    let at_foreign_exit = ["start=at-exit:f", "f=line", "run=exit:0"];
    let after_run = ["run=pass:called", "usr1=open:called,line"];
    let outputs = each_is_named(vec![
        Case::of_phases("function of `on_request` (", &on_request, terminated),
        Case::of_phases("function of `at_exit` (", &at_exit, ends_by_itself),
        Case::of_phases("function of `at_exit` (", &at_foreign_exit, ends_by_itself),
        Case::of_phases("the function of SIGUSR1", &after_run, |app| {
            app.expect("R+");
            app.send_signal(SIGUSR1);
        }),
        Case::of_phases(undo, &["run=ok", "undo=line"], ends_by_itself),
        Case::of_phases(
            "a function of `atexit(3)`",
            &["start=c-at-exit:line", "run=ok"],
            ends_by_itself,
        ),
    ]);
    // The place is that of the call of the program.
    let scripted = if ON.is_tasks() {
        "tests/programs/scripted/tasks.rs:"
    } else {
        "tests/programs/scripted/threads.rs:"
    };
    let plain = "tests/programs/script/plain.rs:";
    for (at, place) in [(0, plain), (1, plain), (2, plain), (4, scripted)] {
        outputs[at].assert_stderr(&[place]);
    }
    outputs[0].assert_signal(SIGTERM);
    for output in &outputs[1..] {
        output.assert_code(0);
    }
}

#[test]
fn row_202_what_comes_behind_the_exit_functions() {
    let script = ["start=c-at-exit:line,at-exit:bye", "bye=say:bye"];
    let outputs = each_is_named(vec![Case::new(
        "a function of `atexit(3)`",
        phases(&script).args(["run=exit:3"]),
        |app| {
            app.expect("bye");
        },
    )]);
    outputs[0].assert_code(3).assert_in_order(&["bye", "C"]);
    // The user insists.
    let mut app = phases(&script).args(["run=exit:3"]).spawn();
    app.expect("bye");
    for _ in ["is a request", "insists"] {
        pause_past_debounce();
        app.send_signal(SIGINT);
    }
    let began = Instant::now();
    app.expect_stderr(&["waiting for a function of `atexit(3)`"]);
    let took = began.elapsed();
    app.send_line("go");
    app.wait()
        .assert_code(3)
        .assert(took < A_WHILE, "it was to be named at once");
    // A deadline.
    phases(&script)
        .args(["run=exit:3", "deadline=400"])
        .spawn()
        .wait()
        .assert_code(124)
        .assert_stderr_once(&["waiting for a function of `atexit(3)`"]);
}

/// Such a function may register another one: that is called after it, and waited for.
#[test]
fn row_147_a_function_that_another_one_registers() {
    let script = [
        "start=on-request:f",
        "f=say:f,on-request:g",
        "g=line,say:g",
        "run=wait",
    ];
    let mut app = phases(&script).spawn();
    terminated(&mut app);
    app.expect_stderr(&["waiting for function of `on_request` ("]);
    app.send_line("go");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&["f", "g"])
        .assert_stderr_once(&["waiting for"]);
}

#[test]
fn row_147_who_insists_is_told_at_once() {
    for (script, what) in [
        (
            ["start=on-request:f", "f=line", "run=wait"],
            "function of `on_request` (",
        ),
        (
            ["start=at-exit:f", "f=say:P-,line", "run=wait"],
            "function of `at_exit` (",
        ),
    ] {
        let mut app = phases(&script).spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        app.expect("P-");
        pause_past_debounce();
        app.send_signal(SIGINT);
        let line = app.expect_stderr(&["waiting for"]);
        assert!(age(&line, what) < 1.0, "{line}");
        app.send_line("go");
        app.wait().assert_signal(SIGINT);
    }
}

/// A failed `start` is undone by steps that have names.
#[test]
fn row_147_what_undoes_start() {
    let mut app = phases(&["start=err:no", "undo=line"]).spawn();
    app.expect_stderr(&["waiting for `Cleanup` step `step`"]);
    app.send_line("go");
    app.wait().assert_code(1);
    // No line names the shield of `stop`, in which the step is, or the component as a whole.
    let script = ["components=yes", "cache.start=err:no", "cache.undo=line"];
    let mut app = phases(&script).spawn();
    app.expect_stderr(&[
        "waiting for `Cleanup` step `cache`",
        " of component `cache`",
    ]);
    app.send_line("go");
    app.wait()
        .assert_code(1)
        .assert_stderr_once(&["waiting for"]);
}

#[test]
fn row_147_an_error_that_cannot_be_looked_at() {
    let script = ["run=wait,err:never", "error=endless"];
    let mut app = phases(&script).spawn();
    terminated(&mut app);
    app.expect("R-");
    let line = app.expect_stderr(&["waiting for"]);
    assert!(age(&line, "an error to be printed") >= 1.0);
}

#[test]
fn row_148_children() {
    let child = "c=grace:5500 | trap '' TERM; echo up; while :; do sleep 1; done";
    let begin = |app: &mut Child| {
        app.expect("up");
        app.send_line("go");
    };
    let script = ["run=child:c,line", child];
    let outputs = each_is_named(vec![Case::of_phases("child `c` (pid ", &script, begin)]);
    outputs[0].assert_code(0);
}

/// A drain is no wait for `run`, which is to go on.
#[test]
fn row_148_a_run_that_does_not_end_after_the_drain() {
    let drain = Duration::from_millis(2500);
    let mut app = phases(&["run=line", "drain=2500"]).spawn();
    let asked = Instant::now();
    terminated(&mut app);
    let line = app.expect_stderr(&["waiting for"]);
    assert!((1.0..2.0).contains(&age(&line, "`run`")), "{line}");
    assert!(
        asked.elapsed() >= drain + Duration::from_secs(1),
        "it was named too early"
    );
    app.send_line("go");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stderr_once(&["waiting for"]);
}

/// Standard output takes nothing, and the end is nobody's wish.
#[test]
fn row_148_a_reader_of_standard_output() {
    let script = ["run=clog,print:tail", "stop=ok", "quiet=SRP"];
    let mut app = phases(&script).stdout(Sink::Unread).spawn();
    app.expect_stderr(&["clogged"]);
    let line = app.expect_stderr(&["waiting for"]);
    assert!(age(&line, "a reader of standard output") >= 1.0);
    app.start_reading(Stream::Stdout);
    let output = app.wait();
    output.assert_code(0);
    assert_eq!(output.stdout().last().map(String::as_str), Some("tail"));
}

/// The end waits for the shields that were held when `run` ended, and a line says whose.
#[test]
fn row_149_shields_between_run_and_stop() {
    let script = [
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,line",
        "run=ok",
    ];
    let what = "shield `ledger` (";
    each_is_named(vec![Case::of_phases(what, &script, ends_by_itself)]);
}

/// A deadline says what has not ended.
#[test]
fn row_149_what_has_not_ended_when_a_deadline_passes() {
    let worker = [
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,hang",
    ];
    let late = [
        "start=spawn:worker",
        "worker=pass:stopping,shield:ledger,open:in,hang",
        "stop=open:stopping,pass:in",
    ];
    let start = [
        "start=spawn:worker,pass:in,request:enough",
        "worker=shield:ledger,open:in,hang",
    ];
    let cases = [
        (
            [&worker[..], &["run=ok", "timeout-stop=300"]].concat(),
            "the shields held when `run` ended have not ended",
            "shield `ledger`",
        ),
        (
            [&start[..], &["timeout-stop=300"]].concat(),
            "the shields held when `start` ended have not ended",
            "shield `ledger`",
        ),
        (
            [&late[..], &["run=ok", "deadline=300"]].concat(),
            "the shields that are held have not ended",
            "shield `ledger`",
        ),
        (
            vec!["start=on-request:f", "f=hang", "run=ok", "deadline=300"],
            "the functions of `on_request` have not ended",
            "function of `on_request`",
        ),
        (
            vec!["start=at-exit:f", "f=hang", "run=ok", "deadline=300"],
            "the exit functions have not ended",
            "function of `at_exit`",
        ),
        (
            vec!["start=err:no", "undo=hang", "timeout-stop=300"],
            "what undoes `start` has not ended",
            "`Cleanup` step `step`",
        ),
        (
            vec!["run=ok", "stop=hang", "timeout-stop=300"],
            "`stop` has not ended",
            "shield `stop`",
        ),
        (
            vec![
                "start=at-exit:f,thread:worker",
                "worker=pass:exits,shield:late",
                "f=open:exits,hang",
                "run=ok",
                "deadline=300",
            ],
            "the exit functions have not ended",
            "function of `at_exit`",
        ),
    ];
    for (script, says, names) in cases {
        phases(&script)
            .spawn()
            .wait()
            .assert_code(124)
            .assert_stderr_once(&["has passed: ", says])
            .assert_stderr_once(&["waiting for", names]);
    }
}

/// First the time before the room for `stop` is over, and is told of. A task drops the function then, and `stop` runs.
/// A thread cannot be ended, and the deadline itself passes.
#[test]
fn row_149_a_signals_function_that_has_not_ended_when_a_deadline_passes() {
    let script = [
        "run=raise:USR1,pass:called",
        "usr1=open:called,hang",
        "deadline=300",
    ];
    let says = "`run` has ended, but the function of a signal has not";
    let output = phases(&script).spawn().wait();
    output.assert_code(124);
    output.assert_stderr_once(&["leaves 75ms for `stop`: ", says]);
    if ON.is_tasks() {
        output.assert_stderr_once(&["waiting for", "the function of SIGUSR1"]);
        output.assert_in_order(&["R-", "P+", "P-"]);
    } else {
        output.assert_stderr_once(&["has passed: ", says]);
    }
}

/// A function of a signal that still runs when `run` has ended hears of the end, and is bounded as `run` is.
#[test]
fn row_149_the_end_of_run_is_the_request_for_a_signals_function() {
    let script = ["run=pass:called", "usr1=open:called,wait,log"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.wait()
        .assert_code(0)
        .assert_stdout(&[
            "S+",
            "S-",
            "R+",
            "usr1+",
            "R-",
            "signals ",
            "reason `run` has returned",
            "usr1-",
            "P+",
            "P-",
        ])
        .assert_no_stderr();
    // By its limit: threads end without `stop`, as with a `run` that does not end.
    let script = [
        "run=pass:called",
        "usr1=open:called,hang",
        "timeout-run=300",
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    let output = app.wait();
    output.assert_code(124).assert_in_order(&["R+", "R-"]);
    assert_eq!(output.count("P-"), usize::from(ON.is_tasks()));
    // An `Err(Cancelled)` that nobody has asked for stays a failure.
    let script = [
        "run=pass:called,cancelled-error",
        "usr1=open:called,wait",
        "error=cancelled",
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.wait().assert_code(1).assert_stderr(&["Error: "]);
}

/// What does not hold the end up has no line: a function of a signal while `run` runs, and shields that end.
#[test]
fn row_149_nothing_else_is_named() {
    let script = ["run=line", "usr1=open:called,hang", "worker=pass:called"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.expect("usr1+");
    app.send_signal(SIGTERM);
    let line = app.expect_stderr(&["waiting for"]);
    assert!(age(&line, "`run`") >= 1.0);
    // As long as `run` runs, its second line comes later than this.
    thread::sleep(A_WHILE);
    app.send_line("go");
    app.expect("R-");
    let line = app.expect_stderr(&["waiting for"]);
    assert!(age(&line, "the function of SIGUSR1") >= 1.0);
}

/// Inside a shield no request ends a wait. The line that names the shield says so, once, with what to write instead.
#[test]
fn row_150_waits_inside_shields() {
    let child = "c=| while :; do sleep 1; done";
    let of_threads = [
        ("shield `s` (", "run=shield:s,wait", "Shutdown::wait"),
        (
            "shield `s` (",
            "run=shield:s,wait-timeout:60000",
            "Shutdown::wait_timeout",
        ),
        ("shield `s` (", "run=shield:s,ready", "Shutdown::ready"),
        ("shield `s` (", "run=shield:s,accept", "Shutdown::accept"),
        (
            "shield `s` (",
            "run=shield:s,run-blocking",
            "Shutdown::run_blocking",
        ),
        (
            "shield `s` (",
            "run=shield:s,cancelled",
            "Shutdown::cancelled",
        ),
        (
            "shield `s` (",
            "run=child:c,shield:s,child-wait:c",
            "Child::wait",
        ),
        ("shield `start` (", "start=wait", "Shutdown::wait"),
        ("shield `start` (", "start=sleep:60000", "Shutdown::sleep"),
        ("shield `stop` (", "stop=wait", "Shutdown::wait"),
    ];
    let of_tasks = [
        ("shield `owned` (", "run=own:g", "Shutdown::cancelled"),
        (
            "shield `s` (",
            "run=shield:s,cancelled,unshield",
            "Shutdown::cancelled",
        ),
        (
            "shield `s` (",
            "run=shield:s,until:f,unshield",
            "Shutdown::run_until_cancelled",
        ),
        ("shield `start` (", "start=cancelled", "Shutdown::cancelled"),
        (
            "shield `start` (",
            "start=sleep:60000",
            "Shutdown::run_until_cancelled",
        ),
        ("shield `stop` (", "stop=cancelled", "Shutdown::cancelled"),
    ];
    let cases = if ON.is_tasks() {
        &of_tasks[..]
    } else {
        &of_threads
    };
    let begun = cases.iter().map(|&(shield, script, method)| {
        let mut app = phases(&[script, "f=hang", "g=cancelled", child]).spawn();
        app.expect(if script.starts_with("start") {
            "S+"
        } else {
            "R+"
        });
        if script.contains("child:c") {
            app.expect_prefix("c pid");
        }
        if !script.starts_with("stop") {
            app.send_signal(SIGTERM);
        }
        (shield, method, app)
    });
    let begun: Vec<_> = begun.collect();
    for (shield, method, mut app) in begun {
        let instead = match (shield, method) {
            (_, "Child::wait") => "ask the child to end",
            ("shield `start` (", _) => "`Shutdown::unmasked`",
            _ => "end the shield",
        };
        let tells = format!("; it waits in `{method}`, which no request ends inside a shield: ");
        app.expect_stderr(&["waiting for", shield, &tells, instead]);
        let next = app.expect_stderr(&["waiting for", shield]);
        assert!(!next.contains("it waits in"), "{next}");
    }
}

/// A component stands for the shield of its `start`, and its line tells of the wait.
#[test]
fn row_150_a_wait_in_the_start_of_a_component() {
    let mut app = phases(&["components=yes", "cache.start=wait"]).spawn();
    app.expect("cache S+");
    app.send_signal(SIGTERM);
    app.expect_stderr(&[
        "`start` of component `cache`",
        "it waits in",
        "`Shutdown::unmasked`",
    ]);
}

/// Waits that end are no mistakes, nor is a sleep, but in `start`.
#[test]
fn row_150_what_is_told_of_no_wait() {
    let waits = if ON.is_tasks() {
        "say:in,pass:never"
    } else {
        "say:in,sleep:60000"
    };
    let short =
        "wait-timeout:300,wait-timeout:300,wait-timeout:300,wait-timeout:300,wait-timeout:300";
    let scripts = [
        format!("run=shield:s,{waits}"),
        format!("run=shield:s,say:in,{short},hang"),
    ];
    for script in scripts {
        let mut app = phases(&[&script]).spawn();
        app.expect("in");
        app.send_signal(SIGTERM);
        let line = app.expect_stderr(&["waiting for shield `s`"]);
        assert!(!line.contains("it waits in"), "{line}");
        app.expect_stderr(&["waiting for `run`"]);
        thread::sleep(A_WHILE);
    }
}

/// While a process is stopped, nobody waits for it: what it waits for does not age.
#[test]
fn row_151_a_stopped_process_does_not_age() {
    let mut app = phases(&["run=wait", "stop=line"]).spawn();
    terminated(&mut app);
    let what = "shield `stop` (";
    let first = age(&app.expect_stderr(&[what]), what);
    app.suspend(SIGSTOP);
    // The row is about this time.
    thread::sleep(Duration::from_secs(6));
    app.send_signal(SIGCONT);
    let goes_on = Instant::now();
    let second = age(&app.expect_stderr(&[what]), what);
    let waited = goes_on.elapsed().as_secs_f64();
    app.send_line("go");
    app.wait().assert_signal(SIGTERM);
    assert!((1.0..3.0).contains(&first), "{first}");
    // The clock counts up to a second of a stop.
    assert!(
        waited > 4.0 - (first - 1.0) - 1.5,
        "{waited} s after it went on"
    );
    assert!((5.0..7.0).contains(&second), "{second}");
}

/// A name that the program has from elsewhere neither begins a line of its own nor commands the terminal.
#[test]
fn row_217_names_with_control_characters() {
    let script = [
        "start=thread:a\nb,pass:in",
        "a\nb=shield:c\u{1b}[2J,open:in,line,unshield",
        "run=request:d\re",
        "explain=0",
    ];
    let mut app = phases(&script).spawn();
    app.expect_stderr(&["waiting for shield `c\\u{1b}[2J` (", "in thread `a\\nb`"]);
    app.send_line("go");
    let output = app.wait();
    output.assert_code(0);
    output.assert_stderr_once(&["the stop took ", ": d\\re"]);
    // The picture names the shield, too.
    let named =
        |line: &&String| line.contains("shield `c\\u{1b}[2J` (") && line.contains("thread `a\\nb`");
    let lines = output.stderr();
    output.assert(lines.iter().filter(named).count() == 2, "it is named twice");
    let is_plain = lines.iter().all(|line| !line.contains(char::is_control));
    output.assert(is_plain, "no control character is printed");
}

/// How many lines have this in them.
#[track_caller]
fn assert_lines(output: &Output, part: &str, expected: usize) {
    let lines = output.stderr();
    let found = lines.iter().filter(|line| line.contains(part)).count();
    let message = format!("{expected} lines were to have {part:?}, and {found} do");
    output.assert(found == expected, &message);
}

/// An app with twelve threads or tasks that never leave the same shield.
fn crowded(rest: &[&str]) -> Output {
    let workers: Vec<_> = (1..=12).map(|worker| format!("w{worker}")).collect();
    let each = |verb: &str| {
        workers
            .iter()
            .map(|worker| format!("{verb}:{worker}"))
            .collect()
    };
    let all: [Vec<_>; 2] = ["spawn", "pass"].map(each);
    let inside = workers
        .iter()
        .map(|worker| format!("{worker}=shield:ledger,open:{worker},hang"));
    let start = format!("start={}", all.concat().join(","));
    phases(rest).args(inside).arg(start).spawn().wait()
}

#[test]
fn row_218_many_are_in_the_same_shield() {
    let output = crowded(&["run=ok", "deadline=2500"]);
    output.assert_code(124);
    // After a second, and when the deadline has passed.
    assert_lines(&output, "waiting for shield `ledger` (", 16);
    assert_lines(&output, "waiting for 4 more in shield `ledger` (", 2);
}

#[test]
fn row_218_an_exit_leaves_many_behind() {
    let output = crowded(&["run=exit:5", "exit-wait=400"]);
    output.assert_code(5);
    assert_lines(&output, "not waited for after 400ms: shield `ledger` (", 8);
    assert_lines(
        &output,
        "not waited for after 400ms: 4 more in shield `ledger` (",
        1,
    );
}

#[cfg(unix)]
#[test]
fn row_218_many_children_of_one_name() {
    let run = format!("run={}wait", "child:a,".repeat(12));
    let mut app = children::app(&[&run, &child("grace:2500", DEAF)]).spawn();
    for _ in 0..12 {
        started(&mut app);
    }
    app.send_signal(SIGTERM);
    let output = finish(app);
    output.assert_signal(SIGTERM);
    assert_lines(&output, "waiting for child `a` (pid ", 8);
    assert_lines(&output, "waiting for 4 more children `a`, for 1.", 1);
}
