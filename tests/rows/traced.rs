//! What a subscriber of the crate `tracing` is told (`report = aplomb::tracing`).

use aplomb_testing::Output;
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use crate::programs::phases;
use crate::support::pause_past_debounce;

const TELL: [&str; 2] = ["report=tracing", "subscriber=all"];

/// What the subscriber was told: the level, the name of a span or the target, and the rest of the line. Without ages.
fn told(output: &Output) -> Vec<String> {
    let lines = output.stdout();
    let told = lines.iter().filter_map(|line| line.strip_prefix("~ "));
    told.map(without_ages).collect()
}

fn without_ages(line: &str) -> String {
    let words = line.split(' ').scan(false, |is_age, word| {
        let keep = !*is_age && !word.starts_with("elapsed=") && !word.starts_with("sender=");
        *is_age = word == "after";
        Some(keep.then_some(word))
    });
    words.flatten().collect::<Vec<_>>().join(" ")
}

#[test]
fn row_213_a_whole_life() {
    let mut app = phases(&[&["run=wait"], &TELL[..]].concat()).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    let told = told(&output);
    let requested = "INFO aplomb [run] the shutdown was requested: SIGTERM from pid";
    let expected = [
        "INFO new body ",
        "INFO aplomb [body] the body of `main`: begun | phase=\"body\"",
        "INFO aplomb [body] the body of `main`: ended after s | phase=\"body\"",
        "close body",
        "INFO new start ",
        "INFO aplomb [start] `start`: begun | phase=\"start\"",
        "INFO aplomb [start] `start`: ended after s | phase=\"start\"",
        "close start",
        "INFO new run ",
        "INFO aplomb [run] `run`: begun | phase=\"run\"",
        requested,
        "INFO aplomb [run] `run` is cancelled | ",
        "INFO aplomb [run] `run`: ended after s | phase=\"run\"",
        "close run",
        "INFO new stop ",
        "INFO aplomb [stop] `stop`: begun | phase=\"stop\"",
        "INFO aplomb [stop] `stop`: ended after s | phase=\"stop\"",
        "close stop",
        "INFO new exit ",
        "INFO aplomb [exit] the exit functions: begun | phase=\"exit\"",
        "INFO aplomb [exit] the exit functions: ended after s | phase=\"exit\"",
        "close exit",
        "INFO aplomb [] dying by SIGTERM | signal=SIGTERM",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(
            told == expected || expected == requested && told.starts_with(requested),
            "{told} is not {expected}"
        );
        assert!(
            expected != requested || told.contains(" signal=\"SIGTERM\""),
            "{told}"
        );
    }
}

#[test]
fn row_213_components() {
    let script = ["components=yes", "api.run=wait"];
    let mut app = phases(&[&script, &TELL[..]].concat()).spawn();
    app.expect("api R+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    let told = told(&output);
    let has = |line: &str| assert!(told.iter().any(|told| told == line), "{line}: {told:#?}");
    for phase in ["start", "run", "stop"] {
        has(&format!(
            "DEBUG new component component=\"api\" phase=\"{phase}\""
        ));
        for how in ["begun", "ended after s"] {
            has(&format!(
                "DEBUG aplomb [{phase}:component] `{phase}` of component `api`: {how} | phase=\"{phase}\" component=\"api\""
            ));
        }
    }
    let count = |word: &str| told.iter().filter(|line| line.contains(word)).count();
    assert_eq!(count(" new "), count("close "), "{told:#?}");
}

#[test]
fn row_213_a_step() {
    let script = ["start=err:no", "undo=ok"];
    let output = phases(&[&script, &TELL[..]].concat()).spawn().wait();
    output.assert_code(1).assert_no_stderr();
    let told = told(&output);
    let step = "DEBUG aplomb [rollback] `Cleanup` step `step`: begun | step=\"step\"";
    assert!(told.iter().any(|told| told == step), "{told:#?}");
}

/// Each failure is one event, and nothing is on standard error.
#[test]
fn row_213_failures() {
    let error = "ERROR aplomb [run] Text(\"no\") | ";
    let output = phases(&[&["run=err:no"], &TELL[..]].concat())
        .spawn()
        .wait();
    output.assert_code(1).assert_no_stderr();
    let errors = |output: &Output| -> Vec<String> {
        let told = told(output).into_iter();
        told.filter(|told| told.starts_with("ERROR")).collect()
    };
    assert_eq!(errors(&output), [error]);
    let script = ["run=ok", "stop=hang", "timeout-stop=400"];
    let output = phases(&[&script, &TELL[..]].concat()).spawn().wait();
    output.assert_code(124).assert_no_stderr();
    let passed = "ERROR aplomb [stop] timeout(stop) of 400ms has passed: `stop` has not ended | option=\"timeout(stop)\" limit=400ms";
    assert_eq!(errors(&output), [passed]);
    let warnings = told(&output);
    let mut warnings = warnings.iter().filter(|told| told.starts_with("WARN"));
    let warning = warnings.next().expect("what was waited for");
    assert!(warning.contains(" | by=\"shield `stop` "), "{warning}");
    assert_eq!(warnings.next(), None);
}

/// At the end by force the spans of what has not ended are closed, where the subscriber keeps up: a machine that is
/// busy gets three attempts.
#[test]
fn row_213_spans_are_closed_at_an_end_by_force() {
    let script = ["run=ok", "stop=hang", "timeout-stop=400"];
    let command = [&script, &TELL[..]].concat();
    let is_closed = || {
        let output = phases(&command).spawn().wait();
        output.assert_code(124);
        output.stdout().iter().any(|line| line == "~ close stop")
    };
    assert!((0..3).any(|_| is_closed()), "the span of `stop` stays open");
}

#[test]
fn row_213_an_embedded_app() {
    let script = ["run=err:no", "embedded=twice"];
    let output = phases(&[&script, &TELL[..]].concat()).spawn().wait();
    output
        .assert_code(0)
        .assert_no_stderr()
        .assert_times("~ ERROR aplomb [run] Text(\"no\") | ", 2)
        .assert_times("~ close exit", 2);
}

/// Nobody is interested: then a failure is printed, once.
#[test]
fn row_213_no_subscriber_takes_it() {
    for how in ["none", "off", "no-errors", "panic"] {
        let subscriber = format!("subscriber={how}");
        let scripts = [
            (&["start=err:no"][..], 1, "Error: Text(\"no\")"),
            (
                &["run=ok", "stop=hang", "timeout-stop=400"],
                124,
                "aplomb: timeout(stop) of 400ms has passed: `stop` has not ended",
            ),
        ];
        for (script, code, line) in scripts {
            let script = [script, &["report=tracing", &subscriber]].concat();
            let output = phases(&script).spawn().wait();
            output.assert_code(code).assert_stderr_once(&[line]);
            let panicked = "the function of `report` has panicked, and is not called again";
            let lines = output.stderr();
            let is_named = lines.iter().any(|line| line.contains(panicked));
            output.assert(is_named == (how == "panic"), "the panic");
        }
    }
}

#[test]
fn row_213_the_app_cannot_begin() {
    let script = [&["run=ok", "force-after=1"], &TELL[..]].concat();
    let output = phases(&script).spawn().wait();
    output
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&["Error: ", "force_after"]);
}

/// A further signal has its sender, and insisting ends a `run` that does not.
#[test]
fn row_213_the_user_insists() {
    let script = [&["run=accepted,block"], &TELL[..]].concat();
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    let output = app.wait();
    output.assert_signal(SIGINT).assert_no_stderr();
    let told = told(&output);
    let further = "INFO aplomb [run] a further signal: SIGINT";
    assert!(
        told.iter().any(|told| told.starts_with(further)),
        "{told:#?}"
    );
    let errors = told.iter().filter(|told| told.starts_with("ERROR"));
    let errors: Vec<_> = errors.collect();
    assert_eq!(errors.len(), 1, "{told:#?}");
    assert!(
        errors[0].contains("the program ends without `stop`"),
        "{errors:?}"
    );
}
