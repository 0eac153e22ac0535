//! Several threads and tasks with handles to one child, several children for one of them, and waits with a limit.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGKILL, SIGTERM};
use nix::sys::signal::kill;

use super::children::{PATIENT, app, child, finish, pid_after, started};

/// The limit in these scripts.
const LIMIT: Duration = Duration::from_millis(100);

#[test]
fn row_185_several_wait_for_one() {
    let script = [
        "run=child:a,spawn:one,spawn:two,spawn:three,line,tell:a,join:one,join:two,join:three",
        "one=child-wait:a",
        "two=child-wait-within:a/60000",
        "three=child-wait-async:a",
        &child("", PATIENT),
    ];
    let mut app = app(&script).spawn();
    started(&mut app);
    app.send_line("go");
    finish(app)
        .assert_code(0)
        .assert_times("a signal: 15 (SIGTERM)", 3)
        .assert_no_stderr();
}

#[test]
fn row_185_for_a_time() {
    let script = [
        "run=child:a,line,child-wait-within:a/0,child-wait-within:a/100,line,child-wait-within:a/60000,\
         shield:all,child-wait-within:a/100,line,child-wait-within:a/60000,unshield,child-wait-within:a/60000",
        &child("", PATIENT),
    ];
    let mut app = app(&script).spawn();
    let pid = started(&mut app);
    let asked = Instant::now();
    app.send_line("go");
    app.expect("a not yet");
    let second = app.expect("a not yet");
    assert!(second.saturating_duration_since(asked) < Duration::from_secs(30));
    app.send_line("go");
    // What begins after this is measured from here: a line may be read at any time after it was printed.
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    // Outside of a shield the cancellation ends the wait, and inside of one the time or the child does.
    app.expect("a Err(Cancelled)");
    let third = app.expect("a not yet");
    assert!(third.saturating_duration_since(asked) >= LIMIT);
    kill(pid, SIGKILL).expect("it lives");
    app.send_line("go");
    finish(app)
        .assert_signal(SIGTERM)
        .assert_times("a not yet", 3)
        .assert_in_order(&["a signal: 9 (SIGKILL)", "a Err(Cancelled)"])
        .assert_no_stderr();
}

#[test]
fn row_186_one_waits_for_several() {
    let script = [
        "run=child:a,child:b,child:c,line,wait-any:a/b/c,wait-any:a/c/100,line,wait-any:a/c,wait-any:b/a,\
         wait-any:a,shield:all,wait-any:a/100,line,wait-any:a,unshield",
        "a=| exec tail -f /dev/null",
        "b=| exit 7",
        "c=| exec tail -f /dev/null",
    ];
    let mut app = app(&script).spawn();
    let a = pid_after(&mut app, "a pid ");
    let c = pid_after(&mut app, "c pid ");
    app.send_line("go");
    app.expect("first b");
    app.expect("first none");
    app.send_line("go");
    kill(c, SIGKILL).expect("it lives");
    app.expect("first c");
    // One that had ended before counts.
    app.expect("first b");
    app.send_signal(SIGTERM);
    app.expect("first Err(Cancelled)");
    app.expect("first none");
    app.send_line("go");
    kill(a, SIGKILL).expect("it lives");
    app.expect("first a");
    finish(app).assert_signal(SIGTERM).assert_no_stderr();
}

/// The interruption points of threads, with limits. In an async app these are threads beside the tasks.
#[test]
fn row_187_waiting_for_input_for_a_time() {
    let script = [
        "run=thread:waits,wait,pass:done",
        "waits=accept-within:100,ready-within:100,accept-within:60000,accept-within:60000,ready-within:60000,\
         shield:all,accept-within:100,ready-within:100,unshield,open:done",
    ];
    let mut app = app(&script).spawn();
    app.expect_prefix("listens ");
    app.expect("accepted none");
    app.expect("ready false");
    app.expect("ready true");
    let address = app.expect_prefix("listens ");
    let _client = TcpStream::connect(&*address).expect("it listens");
    app.expect("accepted one");
    app.expect_prefix("listens ");
    app.send_signal(SIGTERM);
    finish(app)
        .assert_signal(SIGTERM)
        .assert_in_order(&[
            "accepted Err(Cancelled)",
            "ready Err(Cancelled)",
            "ready Err(Cancelled)",
            "accepted none",
            "ready false",
            "ready true",
        ])
        .assert_no_stderr();
}
