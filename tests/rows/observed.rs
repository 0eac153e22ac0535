//! What a function is told that observes the app.

use std::time::{Duration, Instant};

use aplomb_testing::{Capability, Output};
use nix::sys::signal::Signal::{SIGINT, SIGTERM, SIGUSR1};

use super::children::{DEAF, child, started};
use crate::programs::phases;
use crate::support::{available, pause_past_debounce};

const TELL: &str = "observe=tell";

/// The events, without their ages and who has sent a signal.
fn told(output: &Output) -> Vec<String> {
    let lines = output.stdout();
    let events = lines.iter().filter_map(|line| line.strip_prefix("* "));
    let ends = [" after ", " from ", " (", ", for "];
    let cut = |line: &str| {
        let end = ends.iter().filter_map(|end| line.find(end)).min();
        line[..end.unwrap_or(line.len())].to_owned()
    };
    events.map(cut).collect()
}

#[test]
fn row_210_a_whole_life() {
    let mut app = phases(&["run=wait", TELL]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    assert_eq!(
        told(&output),
        [
            "the body of `main`: begun",
            "the body of `main`: ended",
            "`start`: begun",
            "`start`: ended",
            "`run`: begun",
            "the shutdown was requested: SIGTERM",
            "`run` is cancelled",
            "`run`: ended",
            "`stop`: begun",
            "`stop`: ended",
            "the exit functions: begun",
            "the exit functions: ended",
            "dying by SIGTERM",
        ]
    );
}

/// The app's thread may be far ahead of the listener, which has started it.
#[test]
fn row_210_a_body_that_fails_at_once() {
    if !available(Capability::Ptrace, "row_210 (the body)") {
        return;
    }
    let delay =
        "strace -f -qqq -o /dev/null -e trace=clone,clone3 --inject=clone,clone3:delay_exit=50000";
    let script = ["limits=body", "timeout-stop=0", TELL];
    let app = phases(&script).wrapper(delay.split(' '));
    let output = app.spawn().wait();
    output.assert_code(1);
    let told = told(&output);
    assert_eq!(told[0], "the body of `main`: begun", "{told:#?}");
}

#[test]
fn row_210_a_failed_start() {
    let output = phases(&["start=err:no", "undo=ok", TELL]).spawn().wait();
    output.assert_code(1);
    assert_eq!(
        told(&output)[2..],
        [
            "`start`: begun",
            "Text(\"no\")",
            "`start`: ended",
            "the shutdown was requested: a failure",
            "`run` is cancelled",
            "what undoes `start`: begun",
            "`Cleanup` step `step`: begun",
            "`Cleanup` step `step`: ended",
            "what undoes `start`: ended",
            "the exit functions: begun",
            "the exit functions: ended",
            "leaving with status 1",
        ]
    );
}

#[test]
fn row_210_components_and_a_drain() {
    let mut app = phases(&["components=yes", "api.run=wait", "drain=300", TELL]).spawn();
    app.expect("api R+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    let events = told(&output);
    let at = |event: &str| {
        let place = events.iter().position(|told| told == event);
        place.unwrap_or_else(|| panic!("{event} is not among {events:#?}"))
    };
    let order = [
        "`start` of component `database`: begun",
        "`start` of component `database`: ended",
        "`start` of component `api`: begun",
        "`start`: ended",
        "the shutdown was requested: SIGTERM",
        "`run` is cancelled",
        "`run` of component `api`: ended",
        "`stop` of component `api`: begun",
        "`stop` of component `api`: ended",
        "`stop` of component `database`: begun",
        "`stop` of component `database`: ended",
        "`stop`: ended",
    ];
    assert!(order.map(at).is_sorted(), "{events:#?}");
}

#[test]
fn row_210_a_signal_calls_a_function_and_the_user_insists() {
    let mut app = phases(&[
        "run=accepted,line,wait",
        "usr1=say:called",
        "stop=line",
        TELL,
    ])
    .spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.expect("* the function of SIGUSR1: begun");
    app.send_signal(SIGTERM);
    app.expect("accepted");
    app.send_line("");
    app.expect("P+");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.expect_prefix("* a further signal: SIGINT");
    app.send_line("");
    app.wait().assert_signal(SIGTERM);
}

#[test]
fn row_210_functions_that_the_program_has_registered() {
    let script = [
        "run=on-request:asked,on-signal:further,say:there,wait",
        "asked=say:asked",
        "further=say:further",
        "stop=at-exit:bye",
        "bye=say:bye",
        TELL,
    ];
    let mut app = phases(&script).spawn();
    app.expect("there");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    let lines = output.stdout();
    for by in ["on_request", "on_signal", "at_exit"] {
        let begins = format!("* function of `{by}` (tests/programs/script/plain.rs:");
        let told: Vec<_> = lines
            .iter()
            .filter(|line| line.starts_with(&begins))
            .collect();
        let [begun, ended] = told[..] else {
            panic!("{by}: {told:?}");
        };
        output.assert(
            begun.ends_with("): begun") && ended.contains("): ended after "),
            by,
        );
    }
}

/// At the exit nobody else may enter a shield any more.
#[test]
fn row_210_it_uses_shields() {
    let mut app = phases(&["run=wait", "observe=shield"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    let events = told(&output);
    assert_eq!(events.last().map(String::as_str), Some("dying by SIGTERM"));
}

/// Each thread tells of what it does, and the listener may come late.
#[test]
fn row_210_what_comes_of_a_request_is_told_behind_it() {
    let script = [
        "components=yes",
        "api.start=on-request:asked",
        "asked=ok",
        "api.run=wait",
        "cache.run=wait",
        TELL,
    ];
    for _ in 0..20 {
        let mut app = phases(&script).spawn();
        app.expect_all(&["api R+", "cache R+"]);
        app.send_signal(SIGTERM);
        let output = app.wait();
        output.assert_signal(SIGTERM);
        let events = told(&output);
        let place = |what: &str| events.iter().position(|event| event.starts_with(what));
        let requested = place("the shutdown was requested").expect("it is told");
        for effect in [
            "function of `on_request`",
            "`run` of component `api`: ended",
            "`run` of component `cache`: ended",
        ] {
            let effect = place(effect).unwrap_or_else(|| panic!("{effect}: {events:#?}"));
            assert!(requested < effect, "{events:#?}");
        }
    }
}

#[test]
fn row_210_an_exit_of_other_code() {
    let output = phases(&["run=exit:5", TELL]).spawn().wait();
    output.assert_code(5);
    let events = told(&output);
    let last = events.last().map(String::as_str);
    // glibc alone tells the code, where that is used.
    if cfg!(all(target_env = "gnu", not(aplomb_portable))) {
        assert_eq!(last, Some("leaving with status 5"), "{events:#?}");
    }
    let output = phases(&["run=exit-by-signal:15", TELL]).spawn().wait();
    output.assert_signal(SIGTERM);
    assert_eq!(
        told(&output).last().map(String::as_str),
        Some("dying by SIGTERM")
    );
}

/// At an end by force the function is told what there is, too.
#[test]
fn row_210_a_deadline_passes() {
    let output = phases(&["run=ok", "stop=hang", "timeout-stop=400", TELL])
        .spawn()
        .wait();
    output.assert_code(124);
    let events = told(&output);
    assert!(
        events.contains(&"timeout(stop) of 400ms has passed: `stop` has not ended".to_owned()),
        "{events:#?}"
    );
    assert!(
        events
            .iter()
            .any(|event| event == "waiting for shield `stop`"),
        "{events:#?}"
    );
    assert_eq!(
        events.last().map(String::as_str),
        Some("leaving with status 124")
    );
}

#[test]
fn row_210_a_child_that_is_killed() {
    let script = ["run=child:a,wait", &child("grace:300", DEAF), TELL];
    let mut app = phases(&script).spawn();
    started(&mut app);
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    assert_eq!(
        output
            .stdout()
            .iter()
            .filter_map(|line| of_a_child(line))
            .collect::<Vec<_>>(),
        [
            "started",
            "asked to end",
            "killed",
            "ended: signal: 9 (SIGKILL)"
        ]
    );
}

/// What has happened to a child, if the line is about that.
fn of_a_child(line: &str) -> Option<&str> {
    let event = line.strip_prefix("* child ")?;
    Some(event.split_once("): ")?.1)
}

/// Nobody waits for a function that never returns, but the exit for a moment.
/// There is an app as long as an observer is told something, also where the program goes on after that.
#[test]
fn row_210_it_asks_for_the_handle_at_the_end() {
    let app = phases(&["run=ok", "observe=late", "embedded=return", "quiet=SRPE"]);
    app.spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&["leaving"])
        .assert_no_stderr();
}

#[test]
fn row_210_it_never_returns() {
    let mut app = phases(&["run=wait", "observe=hang"]).spawn();
    app.expect("R+");
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "P-"])
        .assert_no_stderr();
    output.assert(
        output.duration_since(asked) < Duration::from_secs(5),
        "the exit has waited for it",
    );
}

#[test]
fn row_210_it_panics() {
    let mut app = phases(&["run=wait", "observe=panic"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "P-"])
        .assert_stderr_once(&["`observe`", "not called again"]);
}
