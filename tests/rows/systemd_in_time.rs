//! What a service manager is told again and again: that the program lives, and that it gets on.

use std::time::{Duration, Instant};

use aplomb_testing::{Child, Command};
use nix::sys::signal::Signal::SIGTERM;

use super::start_stop::WHOLE;
use crate::programs::phases;
use crate::support::{A_WHILE, Manager};

const TELLS: &str = "systemd=yes";

const LIVES: &str = "WATCHDOG=1";

/// The interval of the watchdog where a test waits for it to pass.
const INTERVAL: Duration = Duration::from_millis(600);

/// Starts a program that systemd watches.
fn watched(manager: &Manager, interval: &str, program: Command) -> Child {
    let program = program.env("WATCHDOG_USEC", interval);
    let script = "export WATCHDOG_PID=$$; exec \"$@\"";
    manager.of(program).in_shell(script).spawn()
}

fn watched_closely(manager: &Manager, script: &[&str]) -> Child {
    let interval = INTERVAL.as_micros().to_string();
    watched(manager, &interval, phases(script))
}

/// Checks that the manager is told so often that it does not end the program.
#[track_caller]
fn assert_lives(manager: &Manager) {
    for _ in 0..4 {
        assert_eq!(manager.next(), LIVES);
    }
}

/// Waits until the manager has been told nothing for an interval.
#[track_caller]
fn await_silence(manager: &Manager) {
    while let Some(message) = manager.next_within(INTERVAL) {
        assert_eq!(message, LIVES);
    }
}

/// Whatever the program does, the listener lives.
#[test]
fn row_215_as_long_as_the_app_listens() {
    let manager = Manager::at_a_path();
    let script = ["start=line", "run=line,wait", "stop=line", TELLS];
    let mut app = watched_closely(&manager, &script);
    app.expect("S+");
    assert_lives(&manager);
    app.send_line("");
    app.expect("R+");
    assert!(manager.expect_prefix("READY=1").is_empty());
    assert_lives(&manager);
    app.send_line("");
    app.send_signal(SIGTERM);
    app.expect("P+");
    assert!(manager.expect_prefix("STOPPING=1").is_empty());
    assert_lives(&manager);
    app.send_line("");
    app.wait().assert_signal(SIGTERM).assert_stdout(&WHOLE);
}

/// The interval is kept with room to spare.
#[test]
fn row_215_in_time() {
    let manager = Manager::at_a_path();
    let app = watched(&manager, "2000000", phases(&["run=wait", TELLS]));
    assert!(manager.expect_prefix("READY=1").is_empty());
    let begun = Instant::now();
    assert_lives(&manager);
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(1), "{took:?}");
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_no_stderr();
}

/// The check counts from when the program is ready until it stops.
#[test]
fn row_215_a_check_that_passes() {
    let manager = Manager::at_a_path();
    let script = [
        "start=line",
        "run=wait",
        "stop=say:stopping,line",
        "check=pass",
        TELLS,
    ];
    let mut app = watched_closely(&manager, &script);
    app.expect("S+");
    assert_lives(&manager);
    assert!(!app.has_printed("check"));
    app.send_line("");
    app.expect("check");
    app.expect("check");
    assert!(manager.expect_prefix("READY=1").is_empty());
    assert_lives(&manager);
    app.send_signal(SIGTERM);
    app.expect("stopping");
    assert!(manager.expect_prefix("STOPPING=1").is_empty());
    assert_lives(&manager);
    app.send_line("");
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    let lines = output.stdout();
    let stopping = lines.iter().position(|line| line == "stopping");
    let behind = &lines[stopping.expect("it was said")..];
    assert!(!behind.contains(&"check".to_owned()), "{behind:?}");
}

#[test]
fn row_215_a_check_that_fails() {
    let manager = Manager::at_a_path();
    let script = ["run=line,unwell,line,well,wait", "check=fail", TELLS];
    let mut app = watched_closely(&manager, &script);
    assert!(manager.expect_prefix("READY=1").is_empty());
    assert_lives(&manager);
    app.send_line("");
    await_silence(&manager);
    // The app goes on, and may get well.
    app.send_line("");
    assert_lives(&manager);
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&WHOLE)
        .assert_stderr(&["aplomb: the check of the watchdog has failed: \"no luck\""]);
}

/// One that takes long keeps nothing but the watchdog waiting.
#[test]
fn row_215_a_check_that_blocks() {
    let manager = Manager::at_a_path();
    let script = ["run=unwell,wait", "hup=ok", "check=hang", TELLS];
    let mut app = watched_closely(&manager, &script);
    app.expect("check");
    app.expect_stderr(&["the check of the watchdog has not returned for", "600ms"]);
    assert!(manager.expect_prefix("READY=1").is_empty());
    await_silence(&manager);
    app.send_signal(SIGTERM);
    assert_eq!(manager.next(), "STOPPING=1");
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_in_order(&WHOLE);
    assert_eq!(output.stderr().len(), 1, "{:?}", output.stderr());
}

/// What a check says does not count that has begun before the request.
#[test]
fn row_215_a_check_that_is_late() {
    let manager = Manager::at_a_path();
    let script = ["run=wait", "stop=unwell,line", "check=late", TELLS];
    let mut app = watched_closely(&manager, &script);
    app.expect("check");
    app.send_signal(SIGTERM);
    app.expect("late");
    assert!(manager.expect_prefix("STOPPING=1").is_empty());
    assert_lives(&manager);
    app.send_line("");
    let output = app.wait();
    output.assert_signal(SIGTERM);
    let lines = output.stderr();
    assert!(
        !lines.iter().any(|line| line.contains("has failed")),
        "{lines:?}"
    );
}

#[test]
fn row_215_a_check_that_panics() {
    let manager = Manager::at_a_path();
    let script = ["run=unwell,wait", "check=panic", TELLS];
    let mut app = watched_closely(&manager, &script);
    app.expect_stderr(&["the check of the watchdog has panicked, and is not called again"]);
    assert!(manager.expect_prefix("READY=1").is_empty());
    await_silence(&manager);
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_in_order(&WHOLE);
}

/// A check is dropped where nobody watches, which may panic as well.
#[test]
fn row_215_a_check_that_is_not_needed() {
    let manager = Manager::at_a_path();
    let app = phases(&["run=ok", "check=bomb", TELLS]);
    for app in [app.clone(), manager.of(app)] {
        app.spawn().wait().assert_code(0).assert_stdout(&[
            "drops a check",
            "S+",
            "S-",
            "R+",
            "R-",
            "P+",
            "P-",
        ]);
    }
}

#[test]
fn row_215_a_watchdog_that_is_nonsense() {
    for wrong in ["", "0", "-1", "1s", "99999999999999999999"] {
        let manager = Manager::at_a_path();
        let app = watched(&manager, wrong, phases(&["run=ok", "check=pass", TELLS]));
        let output = app.wait();
        output
            .assert_code(0)
            .assert_stdout(&WHOLE)
            .assert_stderr_once(&["$WATCHDOG_USEC", wrong]);
        assert_eq!(manager.rest(), ["READY=1", "STOPPING=1"]);
    }
}

#[test]
fn row_215_a_watchdog_that_cannot_be_met() {
    let manager = Manager::at_a_path();
    let app = watched(&manager, "10000", phases(&["run=ok", TELLS]));
    app.wait()
        .assert_code(0)
        .assert_stderr_once(&["the watchdog of systemd cannot be met", "10ms"]);
    // To tell that so often would keep the process busy.
    let mut app = watched(&manager, "1", phases(&["run=wait", TELLS]));
    app.expect("R+");
    let _ = manager.rest();
    let (begun, mut told) = (Instant::now(), 0);
    while begun.elapsed() < A_WHILE {
        let _ = manager.next();
        told += 1;
    }
    assert!(told <= 40, "{told} in {:?}", begun.elapsed());
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
}

/// A child has the variables of its parent, where nobody takes them out.
#[test]
fn row_215_the_watchdog_of_another_process() {
    let manager = Manager::at_a_path();
    let app = phases(&["start=wait-timeout:50", "check=pass", TELLS]);
    let app = app.env("WATCHDOG_USEC", "100000").env("WATCHDOG_PID", "1");
    let output = manager.of(app).spawn().wait();
    output.assert_code(0).assert_no_stderr();
    assert_eq!(manager.rest(), ["READY=1", "STOPPING=1"]);
    // Without the second variable it is for whoever has the first.
    let app = phases(&["start=line", TELLS]).env("WATCHDOG_USEC", "100000");
    let mut app = manager.of(app).spawn();
    assert_lives(&manager);
    app.send_line("");
    app.wait().assert_code(0);
}

/// How long the manager is to wait, by the next message.
#[track_caller]
fn extended(manager: &Manager) -> Duration {
    let message = manager.next();
    let time = message.strip_prefix("EXTEND_TIMEOUT_USEC=");
    let time = time.expect(&message).parse().expect("a number");
    Duration::from_micros(time)
}

#[track_caller]
fn assert_no_progress(manager: &Manager) {
    // What has come before the last look is told with it.
    while manager.next_within(A_WHILE).is_some() {}
}

#[test]
fn row_215_with_progress_the_time_is_extended() {
    let manager = Manager::at_a_path();
    let script = [
        "start=line,progress:a,line",
        "run=spawn:a,line,wait",
        "a=pass:enter,dip:a",
        "stop=line,open:enter,line",
        "undo=line",
        "extend=6000",
        TELLS,
    ];
    let mut app = manager.of(phases(&script)).spawn();
    let tenth = Duration::from_millis(600);
    app.expect("S+");
    assert_eq!(extended(&manager), tenth);
    assert_no_progress(&manager);
    // What the program says.
    app.send_line("");
    manager.expect("STATUS=a");
    assert_eq!(extended(&manager), tenth);
    app.send_line("");
    // Nothing is extended in `run`.
    app.expect("R+");
    assert!(manager.expect_prefix("READY=1").is_empty());
    manager.expect("STATUS=");
    assert_eq!(manager.next_within(2 * A_WHILE), None);
    app.send_line("");
    app.send_signal(SIGTERM);
    manager.expect("STOPPING=1");
    assert_eq!(extended(&manager), tenth);
    // A phase.
    app.expect("P+");
    assert_no_progress(&manager);
    // The shield of a thread.
    app.send_line("");
    assert!(!manager.expect_prefix("EXTEND_TIMEOUT_USEC=").is_empty());
    assert_no_progress(&manager);
    // A step.
    app.send_line("");
    assert!(!manager.expect_prefix("EXTEND_TIMEOUT_USEC=").is_empty());
    app.send_line("");
    app.wait().assert_signal(SIGTERM);
}

/// However much progress there is, the sum is bounded.
#[test]
fn row_215_no_longer_than_the_bound() {
    let steps: Vec<_> = (0..60)
        .map(|number| format!("progress:{number},wait-timeout:40"))
        .collect();
    let stop = format!("stop={},line", steps.join(","));
    let manager = Manager::at_a_path();
    let mut app = manager.of(phases(&[&stop, "extend=1000", TELLS])).spawn();
    assert!(manager.expect_prefix("STOPPING=1").is_empty());
    let begun = Instant::now();
    let (mut told, mut last) = (0, begun);
    loop {
        let message = manager.next();
        if let Some(time) = message.strip_prefix("EXTEND_TIMEOUT_USEC=") {
            let time: u64 = time.parse().expect("a number");
            assert!(time <= 100_000, "{time}");
            last = Instant::now();
            told += 1;
        }
        if message == "STATUS=59" {
            break;
        }
    }
    assert!(told > 5, "{told}");
    assert!(last - begun < begun.elapsed() / 2 + Duration::from_millis(300));
    app.send_line("");
    app.wait().assert_code(0);
}

#[test]
fn row_215_without_a_bound_nothing_is_extended() {
    let manager = Manager::at_a_path();
    let script = ["start=progress:a", "stop=progress:b", TELLS];
    manager.of(phases(&script)).spawn().wait().assert_code(0);
    let told = manager.rest();
    assert!(
        !told.iter().any(|message| message.starts_with("EXTEND")),
        "{told:?}"
    );
}

#[test]
fn row_215_a_bound_of_zero() {
    let manager = Manager::at_a_path();
    let script = ["extend=0", TELLS];
    let output = manager.of(phases(&script)).spawn().wait();
    output
        .assert_code(1)
        .assert_stderr_once(&["`extend` of `systemd` is zero"])
        .assert_stdout(&[]);
}
