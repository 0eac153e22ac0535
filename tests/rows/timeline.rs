//! The picture of a stop.

use std::time::{Duration, Instant};

use aplomb_testing::Output;
use aplomb_testing::Signal::SIGTERM;

#[cfg(unix)]
use super::children::{DEAF, child, started};
use crate::ON;
use crate::programs::{On, phases};

const ALWAYS: &str = "explain=0";

/// A line of the picture: what went on, and for how long in seconds.
type Line = (String, f64);

/// The length of the stop, and the lines of its picture.
fn picture(lines: &[String]) -> (f64, Vec<Line>) {
    let mut lines = lines.iter().skip_while(|line| !line.contains("the stop "));
    let head = lines.next().expect("there is a picture");
    let taken = head.split_once("the stop took ");
    let taken = taken.or_else(|| head.split_once("the stop has taken "));
    let (_, whole) = taken.unwrap_or_else(|| panic!("{head}"));
    let whole = length(whole.split(':').next().expect("a length"));
    let (mut spans, mut label) = (Vec::new(), String::new());
    for line in lines.take_while(|line| line.starts_with("  ")) {
        assert!(line.chars().count() <= 80, "{line}");
        // A long label has a line of its own.
        if !line.ends_with('#') {
            line.trim().clone_into(&mut label);
            continue;
        }
        let line = line.trim().trim_end_matches('#').trim_end();
        let (rest, unit) = line.rsplit_once(' ').expect("a unit");
        let (name, number) = rest.rsplit_once(' ').unwrap_or(("", rest));
        let name = match name.trim() {
            "" => std::mem::take(&mut label),
            name => name.to_owned(),
        };
        spans.push((name, length(&format!("{number} {unit}"))));
    }
    (whole, spans)
}

fn length(text: &str) -> f64 {
    let (number, unit) = text.split_once(' ').expect("a number and a unit");
    let number: f64 = number.parse().expect("a number");
    if unit == "ms" { number / 1e3 } else { number }
}

/// Checks that the picture has these lines in this order, perhaps among others, each with its least length.
#[track_caller]
fn assert_shows(output: &Output, lines: &[String], expected: &[(&str, f64)]) {
    let (_, spans) = picture(lines);
    let mut rest = spans.iter();
    for (name, least) in expected {
        let found = rest.any(|(label, length)| label.starts_with(name) && length >= least);
        let message = format!("{name} for {least} s is not in this order in {spans:?}");
        output.assert(found, &message);
    }
}

#[test]
fn row_211_its_length_is_that_of_the_stop() {
    let script = [
        "components=yes",
        "api.run=wait,shield:batch,sleep:200,unshield",
        "database.stop=sleep:800",
        ALWAYS,
    ];
    let mut app = phases(&script).spawn();
    app.expect("api R+");
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    let seen = output.duration_since(asked);
    let (whole, spans) = picture(&output.stderr());
    let whole = Duration::from_secs_f64(whole);
    // The length is printed with two digits behind the point. What it cannot know is how long the signal takes, and the
    // end of the process. On Windows a program has to be started that sends the signal.
    let unknown = if cfg!(windows) { 1_000 } else { 100 };
    let [rounded, unknown] = [10, unknown].map(Duration::from_millis);
    let both = format!("{whole:?} of {seen:?}");
    output.assert(whole <= seen + rounded, &both);
    output.assert(whole + unknown >= seen, &both);
    let expected = [
        ("`run`", 0.199),
        ("`run` of component `api`", 0.199),
        ("`stop`", 0.799),
        ("`stop` of component `database`", 0.799),
    ];
    assert_shows(&output, &output.stderr(), &expected);
    let named = [
        "`run`",
        "shields",
        "`stop`",
        "the exit functions",
        "`exit(3)`",
    ];
    let stretches = spans.iter().filter(|(name, _)| named.contains(&&**name));
    let sum: f64 = stretches.map(|(_, length)| length).sum();
    output.assert((sum - whole.as_secs_f64()).abs() < 0.05, "they add up");
}

#[test]
fn row_211_who_has_held_the_stop_up() {
    let script = [
        "drain=150",
        "start=at-exit:bye,spawn:worker,pass:in",
        "worker=shield:ledger,open:in,pass:asked,sleep:300,unshield",
        "run=wait,open:asked",
        "stop=sleep:100",
        "bye=sleep:120",
        ALWAYS,
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    let expected = [
        ("the drain", 0.149),
        ("shields", 0.28),
        ("shield `ledger` (tests/programs/", 0.42),
        ("`stop`", 0.099),
        ("the exit functions", 0.119),
        ("function of `at_exit` (tests/programs/", 0.119),
    ];
    assert_shows(&output, &output.stderr(), &expected);
    let (_, spans) = picture(&output.stderr());
    let shields: Vec<_> = spans
        .iter()
        .filter(|(name, _)| name.starts_with("shield `"))
        .collect();
    output.assert(
        shields.len() == 1,
        &format!("the shields of the phases are stretches already: {shields:?}"),
    );
}

#[cfg(unix)]
#[test]
fn row_211_callbacks_and_children() {
    let script = [
        "run=on-request:asked,child:a,wait",
        "asked=chatter:250",
        &child("grace:500", DEAF),
        ALWAYS,
    ];
    let mut app = phases(&script).spawn();
    started(&mut app);
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    let expected = [
        ("functions of `on_request`", 0.2),
        ("function of `on_request` (tests/programs/", 0.249),
        ("the exit functions", 0.2),
        ("child `", 0.499),
    ];
    assert_shows(&output, &output.stderr(), &expected);
}

#[test]
fn row_211_a_request_in_start() {
    let mut app = phases(&["start=say:there,await-request,sleep:200", ALWAYS]).spawn();
    app.expect("there");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    assert_shows(&output, &output.stderr(), &[("`start`", 0.199)]);
}

/// At an end by force there is a picture of what was not waited for.
#[test]
fn row_211_a_deadline_passes() {
    let script = [
        "components=yes",
        "api.run=ok",
        "cache.stop=hang",
        "timeout-stop=400",
        ALWAYS,
    ];
    let output = phases(&script).spawn().wait();
    output.assert_code(124);
    let expected = [
        ("`stop`, not ended", 0.399),
        ("`stop` of component `cache`, not ended", 0.3),
    ];
    assert_shows(&output, &output.stderr(), &expected);
}

#[test]
fn row_211_a_foreign_exit() {
    let script = [
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,sleep:300,unshield",
        "run=exit:5",
        ALWAYS,
    ];
    let output = phases(&script).spawn().wait();
    output.assert_code(5);
    let expected = [
        ("`std::process::exit`", 0.2),
        ("shield `ledger` (tests/", 0.2),
    ];
    assert_shows(&output, &output.stderr(), &expected);
}

#[test]
fn row_211_in_a_program_that_goes_on() {
    let script = ["run=ok", "stop=sleep:200", "embedded=once", "timeline=yes"];
    let mut app = phases(&script).spawn();
    app.expect("alone");
    app.send_line("");
    let output = app.wait();
    output.assert_code(0).assert_no_stderr();
    assert_shows(&output, &output.stdout(), &[("`stop`", 0.199)]);
}

/// Whoever asks while the stop goes on is told what it has come to.
#[test]
fn row_211_so_far() {
    let script = [
        "run=timeline,shield:ledger,sleep:5,timeline,unshield",
        "stop=sleep:100,timeline",
    ];
    let output = phases(&script).spawn().wait();
    output
        .assert_code(0)
        .assert_no_stderr()
        .assert_times("no timeline", 2);
    let expected = [("`stop`, not ended", 0.099)];
    assert_shows(&output, &output.stdout(), &expected);
}

/// An observer that is told of the request finds a picture.
#[test]
fn row_211_from_the_request_on() {
    let mut app = phases(&["run=wait", "stop=line", "observe=timeline"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("a timeline");
    app.send_line("");
    app.wait().assert_signal(SIGTERM);
    // The end of `run` is the request.
    let mut app = phases(&["run=ok", "stop=line", "observe=timeline"]).spawn();
    app.expect("a timeline");
    app.send_line("");
    app.wait().assert_code(0);
}

#[test]
fn row_211_who_wants_it() {
    let stop = |option: &str, value: Option<&str>| {
        let mut app = phases(&["run=ok", "stop=sleep:50", option]);
        if let Some(value) = value {
            app = app.env("APLOMB_EXPLAIN", value);
        }
        let output = app.spawn().wait();
        output.assert_code(0);
        output
    };
    let none = "quiet=E";
    let wanted = [
        ("explain=40", None),
        (none, Some("1")),
        ("explain=99999", Some("1")),
    ];
    for (option, value) in wanted {
        stop(option, value).assert_stderr_once(&["aplomb: the stop took"]);
    }
    let unwanted = [
        (none, None),
        ("explain=99999", None),
        (ALWAYS, Some("0")),
        (none, Some("")),
    ];
    for (option, value) in unwanted {
        stop(option, value).assert_no_stderr();
    }
    stop("explain=40", Some("yes"))
        .assert_stderr_once(&["APLOMB_EXPLAIN is \"yes\"", "no effect"])
        .assert_stderr_once(&["aplomb: the stop took"]);
}

/// The shield of a `stop` with a limit of its own is that of a phase, too.
#[test]
fn row_211_a_limit_of_one_component() {
    let script = [
        "components=yes",
        "api.run=ok",
        "cache.stop=sleep:200",
        "cache-limit=60000",
        ALWAYS,
    ];
    let output = phases(&script).spawn().wait();
    output.assert_code(0);
    let expected = [("`stop`", 0.199), ("`stop` of component `cache`", 0.199)];
    assert_shows(&output, &output.stderr(), &expected);
    output.assert_stderr(&["aplomb: the stop took"]);
    let is_shield = |line: &&String| line.contains("shield `");
    output.assert(
        !output.stderr().iter().any(|line| is_shield(&line)),
        "it is a stretch already",
    );
}

/// Several tasks that never end are one line as well. Threads have names of their own.
#[test]
fn row_211_several_hold_a_shield_that_never_ends() {
    let script = [
        "start=spawn:a,spawn:b,spawn:c,pass:a,pass:b,pass:c",
        "a=call:a-inside",
        "b=call:b-inside",
        "c=call:c-inside",
        "a-inside=open:a,hang",
        "b-inside=open:b,hang",
        "c-inside=open:c,hang",
        "run=ok",
        "deadline=400",
        ALWAYS,
    ];
    let output = phases(&script).spawn().wait();
    output.assert_code(124);
    let (_, spans) = picture(&output.stderr());
    let shields = spans.iter().map(|(name, _)| &**name);
    let shields: Vec<_> = shields
        .filter(|name| name.starts_with("shield `"))
        .collect();
    if ON == On::Threads {
        assert_eq!(shields.len(), 3, "{shields:?}");
    } else {
        assert_eq!(shields.len(), 1, "{shields:?}");
        assert!(shields[0].ends_with(", 3 times, not ended"), "{shields:?}");
    }
}

/// Several times, or several tasks, are one line, with the time in which at least one of them held the shield.
#[test]
fn row_211_several_hold_the_same_shield() {
    let tasks = [
        "start=spawn:a,spawn:b,spawn:c,pass:a,pass:b,pass:c",
        "a=call:a-inside",
        "b=call:b-inside",
        "c=call:c-inside",
        "a-inside=open:a,pass:asked,sleep:300",
        "b-inside=open:b,pass:asked,sleep:300",
        "c-inside=open:c,pass:asked,sleep:300",
        "run=open:asked",
        ALWAYS,
    ];
    // Threads have names of their own, so one of them holds it three times.
    let thread = [
        "run=request:now,call:inside,call:inside,call:inside",
        "inside=sleep:100",
        ALWAYS,
    ];
    let script = if ON == On::Threads {
        &thread[..]
    } else {
        &tasks[..]
    };
    let output = phases(script).spawn().wait();
    output.assert_code(0);
    let (whole, spans) = picture(&output.stderr());
    let is_shield = |(name, _): &&Line| name.starts_with("shield `");
    let shields: Vec<_> = spans.iter().filter(is_shield).collect();
    let [(name, length)] = shields[..] else {
        panic!("one line was due: {shields:?}");
    };
    output.assert(
        name.contains(", 3 times") && *length >= 0.29 && *length <= whole,
        &format!("{name} for {length} s"),
    );
}
