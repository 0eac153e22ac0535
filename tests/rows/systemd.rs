//! What a service manager is told of an app.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
use nix::time::{ClockId, clock_gettime};

use super::start_stop::WHOLE;
use crate::programs::phases;
use crate::support::{A_WHILE, Manager, pause_past_debounce};

const TELLS: &str = "systemd=yes";

#[test]
fn row_214_a_whole_life() {
    for manager in [Manager::at_a_path(), Manager::at_an_abstract_name()] {
        let app = manager.of(phases(&["start=line", "run=wait", TELLS]));
        let mut app = app.spawn();
        app.expect("S+");
        assert_eq!(manager.next_within(A_WHILE), None);
        app.send_line("");
        app.expect("R+");
        assert_eq!(manager.rest(), ["READY=1"]);
        app.send_signal(SIGTERM);
        manager.expect("STOPPING=1");
        app.wait()
            .assert_signal(SIGTERM)
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
        assert_eq!(manager.rest(), [""; 0]);
    }
}

/// systemd takes a service for failed that ends before it was ready.
#[test]
fn row_214_run_ends_at_once() {
    let manager = Manager::at_a_path();
    let app = manager.of(phases(&[TELLS])).spawn();
    app.wait().assert_code(0);
    assert_eq!(manager.rest(), ["READY=1", "STOPPING=1"]);
}

#[test]
fn row_214_a_request_in_start() {
    let manager = Manager::at_a_path();
    let mut app = manager.of(phases(&["start=accepted,line", TELLS])).spawn();
    app.expect("S+");
    app.send_signal(SIGTERM);
    manager.expect("STOPPING=1");
    app.expect("accepted");
    app.send_line("");
    app.wait().assert_signal(SIGTERM);
    assert_eq!(manager.rest(), [""; 0]);
}

#[test]
fn row_214_start_fails() {
    let manager = Manager::at_a_path();
    let app = manager.of(phases(&["start=err:no", TELLS])).spawn();
    app.wait().assert_code(1);
    assert_eq!(manager.rest(), ["STOPPING=1"]);
}

#[test]
fn row_214_a_foreign_exit() {
    let manager = Manager::at_a_path();
    // The shield has the listener hear of the exit before the process ends.
    let script = ["run=spawn:a,pass:held,exit:3", "a=shield:a,open:held,line"];
    let mut app = manager.of(phases(&[script[0], script[1], TELLS])).spawn();
    manager.expect("READY=1");
    manager.expect("STOPPING=1");
    app.send_line("");
    app.wait().assert_code(3);
    assert_eq!(manager.rest(), [""; 0]);
}

#[test]
fn row_214_all_components_have_started() {
    let manager = Manager::at_a_path();
    let script = ["components=yes", "api.start=line", "api.run=wait", TELLS];
    let mut app = manager.of(phases(&script)).spawn();
    app.expect("api S+");
    assert_eq!(manager.next_within(A_WHILE), None);
    app.send_line("");
    app.expect("api R+");
    assert_eq!(manager.rest(), ["READY=1"]);
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
    assert_eq!(manager.rest(), ["STOPPING=1"]);
}

fn microseconds() -> i64 {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("it is there");
    let now = Duration::from(now).as_micros();
    i64::try_from(now).expect("the machine has begun not long ago")
}

#[test]
fn row_214_a_reload() {
    let manager = Manager::at_a_path();
    let script = ["run=wait", "hup=line", TELLS];
    let mut app = manager.of(phases(&script)).spawn();
    manager.expect("READY=1");
    app.expect("R+");
    for _ in 0..3 {
        let sent = microseconds();
        app.send_signal(SIGHUP);
        app.expect("hup+");
        let told = manager.next();
        let told = told.strip_prefix("RELOADING=1\nMONOTONIC_USEC=");
        let told: i64 = told.expect("a reload").parse().expect("a number");
        assert!((sent..microseconds()).contains(&told), "{sent} {told}");
        assert_eq!(manager.next_within(A_WHILE), None);
        app.send_line("");
        manager.expect("READY=1");
        app.expect("hup-");
    }
    app.send_signal(SIGTERM);
    manager.expect("STOPPING=1");
    app.wait().assert_signal(SIGTERM);
}

#[test]
fn row_214_a_reload_fails() {
    for (end, code) in [("hup=line,err:no", 1), ("hup=line,panic:no", 101)] {
        let manager = Manager::at_a_path();
        let mut app = manager.of(phases(&["run=wait", end, TELLS])).spawn();
        manager.expect("READY=1");
        app.expect("R+");
        app.send_signal(SIGHUP);
        app.expect("hup+");
        assert!(manager.next().starts_with("RELOADING=1\n"));
        app.send_line("");
        app.wait().assert_code(code);
        // A function that fails asks for the end, which may come first.
        let rest = manager.rest();
        let told: Vec<_> = rest.iter().map(String::as_str).collect();
        assert!(
            matches!(told[..], ["READY=1", "STOPPING=1"] | ["STOPPING=1"]),
            "{told:?}"
        );
    }
}

#[test]
fn row_214_the_program_announces_it() {
    let manager = Manager::at_a_path();
    let script = ["run=line,announce,announce,wait", "systemd=announced"];
    let mut app = manager.of(phases(&script)).spawn();
    app.expect("R+");
    assert_eq!(manager.next_within(A_WHILE), None);
    app.send_line("");
    manager.expect("READY=1");
    assert_eq!(manager.next_within(A_WHILE), None);
    app.send_signal(SIGTERM);
    manager.expect("STOPPING=1");
    app.wait().assert_signal(SIGTERM);
}

/// Nothing is told of a reload before the program is ready, and an announcement that comes too late is none.
#[test]
fn row_214_it_announces_too_late() {
    let manager = Manager::at_a_path();
    let script = ["run=wait", "hup=ok", "stop=announce", "systemd=announced"];
    let mut app = manager.of(phases(&script)).spawn();
    app.expect("R+");
    app.send_signal(SIGHUP);
    app.expect("hup-");
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
    assert_eq!(manager.rest(), ["STOPPING=1"]);
}

#[test]
fn row_214_what_the_program_says() {
    let manager = Manager::at_a_path();
    let script = [
        "start=progress:loading,line",
        "run=line,progress:serving,wait",
        TELLS,
    ];
    let mut app = manager.of(phases(&script)).spawn();
    manager.expect("STATUS=loading");
    app.send_line("");
    manager.expect("READY=1");
    // The words of `start` are over.
    manager.expect("STATUS=");
    app.send_line("");
    manager.expect("STATUS=serving");
    app.send_signal(SIGTERM);
    manager.expect("STOPPING=1");
    app.wait().assert_signal(SIGTERM);
}

/// Words of `start` that come too fast to be told at once are over with it as well.
#[test]
fn row_214_words_of_start_that_were_not_told() {
    let manager = Manager::at_a_path();
    let script = ["start=progress:one,progress:two", "run=wait", TELLS];
    let app = manager.of(phases(&script)).spawn();
    let mut before = Vec::new();
    while before.last().is_none_or(|message| message != "READY=1") {
        before.push(manager.next());
    }
    let mut after = Vec::new();
    while let Some(message) = manager.next_within(A_WHILE) {
        after.push(message);
    }
    // Where something of it was told, that is taken back.
    assert!(
        after.iter().all(|message| message == "STATUS="),
        "{before:?} {after:?}"
    );
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
}

/// What is said often is told now and then, and the last of it always.
#[test]
fn row_214_it_says_much() {
    let many = (1..=100).map(|number| format!("progress:{number},wait-timeout:5"));
    let run = format!("run={},wait", many.collect::<Vec<_>>().join(","));
    let manager = Manager::at_a_path();
    let app = manager.of(phases(&[&run, TELLS])).spawn();
    assert!(manager.expect_prefix("READY=1").is_empty());
    let (begun, mut told) = (Instant::now(), 0);
    while manager.expect_prefix("STATUS=") != "100" {
        told += 1;
    }
    let tenths = begun.elapsed().as_millis() / 100;
    assert!(tenths >= 5 && told <= tenths + 1, "{told} in {tenths}");
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
}

#[test]
fn row_214_what_the_end_waits_for() {
    let manager = Manager::at_a_path();
    let script = ["stop=line,progress:nearly,line", TELLS];
    let mut app = manager.of(phases(&script)).spawn();
    let told = manager.expect_prefix("STATUS=waiting for ");
    assert!(told.starts_with("shield `stop` ("), "{told}");
    assert!(!told.contains(", for "), "{told}");
    app.send_line("");
    assert_eq!(manager.expect_prefix("STATUS="), "nearly");
    app.send_line("");
    app.wait().assert_code(0);
}

/// Whatever is in the variable, the app goes on as without it.
#[test]
fn row_214_nobody_can_be_told() {
    let folder = tempfile::tempdir().expect("there is room");
    let inside = |name: &str| format!("{}/{name}", folder.path().display());
    fs::write(inside("file"), "").expect("there is room");
    drop(UnixDatagram::bind(inside("left")).expect("it can be bound"));
    let long = format!("/{}", "x".repeat(200));
    let wrong = [
        &inside("missing"),
        &inside("file"),
        &inside("left"),
        "@aplomb-nobody-has-this-name",
        "relative",
        "vsock:2:1234",
        "@",
        &long,
    ];
    for name in wrong {
        let app = phases(&["run=wait", "hup=ok", TELLS]);
        let mut app = app.env("NOTIFY_SOCKET", name).spawn();
        app.expect("R+");
        app.send_signal(SIGHUP);
        app.expect("hup-");
        app.send_signal(SIGTERM);
        let output = app.wait();
        output
            .assert_signal(SIGTERM)
            .assert_in_order(&WHOLE)
            .assert_stderr_once(&["systemd", "$NOTIFY_SOCKET", name]);
        assert_eq!(output.stderr().len(), 1, "{:?}", output.stderr());
    }
}

#[test]
fn row_214_nobody_is_to_be_told() {
    for app in [
        phases(&["run=ok", TELLS]),
        phases(&["run=ok", TELLS]).env("NOTIFY_SOCKET", ""),
    ] {
        app.spawn().wait().assert_code(0).assert_no_stderr();
    }
    // An app that does not ask for it tells nobody.
    let manager = Manager::at_a_path();
    manager
        .of(phases(&["run=ok"]))
        .spawn()
        .wait()
        .assert_code(0);
    assert_eq!(manager.rest(), [""; 0]);
}

/// A socket that is full keeps nobody waiting. What is still true is told when there is room.
#[test]
fn row_214_a_full_socket() {
    let manager = Manager::at_a_path();
    manager.fill();
    let mut app = manager.of(phases(&["run=wait", "hup=ok", TELLS])).spawn();
    app.expect("R+");
    for _ in 0..3 {
        app.send_signal(SIGHUP);
        app.expect("hup-");
    }
    let mut told = (0..).map(|_| manager.next());
    let first = told.find(|message| message != "full");
    assert_eq!(first.as_deref(), Some("READY=1"));
    assert!(manager.next().starts_with("RELOADING=1\n"));
    manager.expect("READY=1");
    assert_eq!(manager.next_within(A_WHILE), None);
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_no_stderr();
}

/// Insisting and limits do not wait for the manager either.
#[test]
fn row_214_a_full_socket_at_the_end() {
    let manager = Manager::at_a_path();
    manager.fill();
    let script = ["run=accepted,block", "timeout-run=60000", TELLS];
    let mut app = manager.of(phases(&script)).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.wait().assert_signal(SIGINT);
    assert!(manager.rest().iter().all(|message| message == "full"));
}
