//! Functions that an app has called: by a signal, and at the request.

use aplomb_testing::Capability;
use std::fs::File;
use std::os::unix::fs::FileExt;

use nix::sys::signal::Signal::{SIGHUP, SIGTERM, SIGUSR1, SIGUSR2};

use crate::programs::scene;
use crate::support::{available, print_uncaptured};

#[test]
fn row_60_reload_in_run() {
    let mut app = scene(&["reload", "run=wait", "reload=line"]).spawn();
    app.expect("R+");
    app.send_signal(SIGHUP);
    app.expect("reload+");
    // Two more while it reloads, which may be one for it.
    app.send_signal(SIGHUP);
    app.send_signal(SIGHUP);
    app.send_line("go");
    app.expect("reload-");
    // At least once after the last.
    app.expect("reload+");
    app.send_line("go");
    app.expect("reload-");
    app.assert_running_without("R-");
    // Room for a third, if there is one.
    app.send_line("go");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    output
        .assert_in_order(&["R+", "R-", "P+", "P-"])
        .assert_once("P+");
    let reloads: Vec<_> = output
        .stdout()
        .into_iter()
        .filter(|line| line.starts_with("reload"))
        .collect();
    output.assert((4..=6).contains(&reloads.len()), "2 or 3 reloads were due");
    let alternate = reloads.chunks(2).all(|pair| pair == ["reload+", "reload-"]);
    output.assert(alternate, "two reloads at the same time, or half of one");
}

/// As a burst, with nothing in between.
#[test]
fn row_60_a_burst_of_reloads() {
    let mut app = scene(&["reload", "run=wait"]).spawn();
    app.expect("R+");
    for _ in 0..100 {
        app.send_signal(SIGHUP);
    }
    app.expect("reload-");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_signal(SIGTERM)
        .assert_in_order(&["reload+", "reload-", "P+", "P-"])
        .assert_once("P+")
        .assert_no_stderr();
    let (begun, ended) = (output.count("reload+"), output.count("reload-"));
    output.assert(
        begun == ended && begun <= 100,
        "each reload was to be whole",
    );
}

#[test]
fn row_61_reload_in_start() {
    let mut app = scene(&["reload", "start=say:in,line", "run=wait"]).spawn();
    app.expect("in");
    app.send_signal(SIGHUP);
    app.send_line("go");
    app.expect("reload-");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&["S+", "in", "S-", "reload+", "reload-", "R-", "P+", "P-"])
        .assert_once("reload+")
        .assert_no_stderr();
}

#[test]
fn row_61_reload_in_stop() {
    if !available(Capability::Linux, "row_61") {
        return;
    }
    for _ in 0..20 {
        let script = ["reload", "run=checkpoint", "stop=say:in,line,delivered:HUP"];
        let mut app = scene(&script).spawn();
        app.expect("in");
        app.send_signal(SIGHUP);
        app.send_line("go");
        app.wait()
            .assert_code(0)
            .assert_stdout(&["S+", "S-", "R+", "checkpoint Ok", "R-", "P+", "in", "P-"])
            .assert_no_stderr();
    }
}

#[test]
fn row_71_a_panic_in_on() {
    let mut app = scene(&["panics", "run=wait"]).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR1);
    app.expect("boom");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_code(101)
        .assert_in_order(&["S+", "R+", "boom", "R-", "P+", "P-"])
        .assert_once("P+")
        .assert_stderr_once(&["boom of on"]);
}

/// Other functions are called as ever before it.
#[test]
fn row_71_no_panic_in_on() {
    let mut app = scene(&["panics", "run=wait"]).spawn();
    app.expect("R+");
    app.send_signal(SIGUSR2);
    app.expect("calm");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "R+", "calm", "R-", "P+", "P-"])
        .assert_no_stderr();
}

#[test]
fn row_71_a_panic_in_on_request() {
    let mut app = scene(&[
        "panics",
        "run=on-request:first,on-request:second,on-request:third,say:in,line",
        "first=say:first",
        "second=panic:boom of on_request",
        "third=say:third,open:called",
    ])
    .spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app.expect_all(&["first", "third"]);
    app.send_line("go");
    app.wait()
        .assert_code(101)
        .assert_in_order(&["S+", "R+", "R-", "P+", "P-"])
        .assert_once("first")
        .assert_once("third")
        .assert_once("P+")
        .assert_stderr_once(&["boom of on_request"]);
}

#[test]
fn row_71_a_panic_in_at_exit() {
    scene(&[
        "panics",
        "start=at-exit:first,at-exit:second,at-exit:third",
        "run=checkpoint",
        "first=say:first",
        "second=panic:boom of at_exit",
        "third=say:third",
    ])
    .spawn()
    .wait()
    .assert_code(101)
    .assert_stdout(&[
        "S+",
        "R+",
        "checkpoint Ok",
        "R-",
        "P+",
        "P-",
        "third",
        "first",
    ])
    .assert_stderr_once(&["boom of at_exit"]);
}

/// Of each kind so many, as fast as they can be sent: in one large storm, and in small ones, each of which has a
/// last one that must not be lost.
const STORMS: [(u64, u64); 2] = [(1, 5_000), (500, 10)];

#[test]
fn row_79_storms_of_two_signals() {
    let folder = tempfile::tempdir().expect("there is room");
    let kinds = [("usr1", SIGUSR1), ("usr2", SIGUSR2)];
    let files = kinds.map(|(name, signal)| {
        let file = File::create(folder.path().join(name)).expect("there is room");
        (file, signal)
    });
    let sent = format!("sent={}", folder.path().display());
    let mut app = scene(&["storms", &sent]).spawn();
    app.expect("R+");
    let mut count: u64 = 0;
    for (storms, signals) in STORMS {
        for _ in 0..storms {
            for _ in 0..signals {
                count += 1;
                for (file, signal) in &files {
                    // Before it: a function that is called after the last one finds the last number.
                    let number = count.to_le_bytes();
                    file.write_all_at(&number, 0).expect("there is room");
                    app.send_signal(*signal);
                }
            }
            app.send_line(&count.to_string());
            app.expect(&format!("heard {count}"));
        }
    }
    app.send_line("0");
    let calls = kinds.map(|(name, _)| {
        let calls = app.expect_prefix(name);
        calls.parse::<u64>().expect("a number")
    });
    app.wait()
        .assert_code(0)
        .assert_once("overlaps 0")
        .assert_no_stderr();
    for calls in calls {
        assert!((501..=count).contains(&calls), "{calls} calls");
    }
    print_uncaptured(&format!(
        "row 79: {count} signals of each kind, {calls:?} calls"
    ));
}
