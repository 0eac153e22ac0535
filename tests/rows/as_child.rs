//! An app that ends as a child of it has.

use std::fs;

use aplomb_testing::{Capability, Command};
use nix::sys::signal::Signal::{self, SIGKILL, SIGSEGV, SIGTERM};

use super::children::{PATIENT, app, child, finish, started};
use super::start_stop::WHOLE;
use crate::programs::{phases, scene};
use crate::support::{available, print_uncaptured};

/// Whether the process has exited with this code, or has died by this signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Code(i32),
    Signal(Signal),
}

use End::{Code, Signal as Death};

#[track_caller]
fn assert_ends(app: Command, end: End) {
    let output = finish(app.spawn());
    match end {
        Code(code) => output.assert_code(code),
        Death(signal) => output.assert_signal(signal),
    };
    output.assert_no_stderr();
    // Whatever the phase returns, `stop` runs, once.
    output.assert_in_order(&WHOLE);
}

#[test]
fn row_182_the_app_ends_as_its_child() {
    let cases: [(&str, &[&str], End); 9] = [
        ("exit 0", &[], Code(0)),
        ("exit 7", &[], Code(7)),
        ("exit 255", &[], Code(255)),
        ("kill -TERM $$", &[], Death(SIGTERM)),
        ("kill -KILL $$", &[], Death(SIGKILL)),
        ("kill -TERM $$", &["exit=code"], Code(143)),
        // A child's death is no shutdown signal of the app.
        ("kill -TERM $$", &["exit=success"], Death(SIGTERM)),
        // More than what was asked for, whichever came first.
        (
            "exit 7",
            &["run=request-exit:5,shield:all,child:a,child-wait:a"],
            Code(7),
        ),
        (
            "exit 0",
            &["run=request-exit:5,shield:all,child:a,child-wait:a"],
            Code(5),
        ),
    ];
    for (text, more, end) in cases {
        let a = child("", text);
        let mut script = vec!["as-child=run", &a];
        if !more.iter().any(|option| option.starts_with("run=")) {
            script.push("run=child:a,child-wait:a");
        }
        script.extend(more);
        assert_ends(app(&script), end);
    }
}

#[test]
fn row_182_stop_ends_as_its_child() {
    let b = |text: &str| format!("b=| {text}");
    let stop = "stop=child:b,child-stop:b";
    let waits = "stop=child:b,child-wait:b";
    assert_ends(app(&["as-child=stop", waits, &b("exit 7")]), Code(7));
    // The status of the one that `stop` has asked to end.
    let script = ["as-child=stop", stop, &b(PATIENT)];
    assert_ends(app(&script), Death(SIGTERM));
    // Of both the first that is no success.
    for (first, second, end) in [
        ("exit 3", "kill -KILL $$", Code(3)),
        ("kill -KILL $$", "exit 3", Death(SIGKILL)),
        ("exit 0", "exit 3", Code(3)),
    ] {
        let a = child("", first);
        let script = [
            "as-child=both",
            "run=child:a,child-wait:a",
            waits,
            &a,
            &b(second),
        ];
        assert_ends(app(&script), end);
    }
}

#[test]
fn row_182_after_a_signal_and_with_an_error() {
    let after = |text: &str, run: &str, more: &[&str]| {
        let a = child("", text);
        let mut script = vec!["as-child=run", run, &a];
        script.extend(more);
        let mut app = app(&script).spawn();
        started(&mut app);
        app.send_signal(SIGTERM);
        finish(app)
    };
    // What the child is told, it dies by.
    let stops = "run=child:a,wait,child-stop:a";
    after(PATIENT, stops, &[]).assert_signal(SIGTERM);
    after(PATIENT, stops, &["exit=success"]).assert_signal(SIGTERM);
    let polite = "trap 'exit 7' TERM; echo there $$; while :; do tail -f /dev/null & wait; done";
    after(polite, stops, &[]).assert_code(7);
    // A child that has ended well leaves the word to the signal.
    let well = polite.replace('7', "0");
    after(&well, stops, &[]).assert_signal(SIGTERM);
    after(&well, stops, &["exit=success"]).assert_code(0);
    // An `Err` weighs more.
    let fails = "run=child:a,wait,child-stop:a,err:no luck";
    after(PATIENT, fails, &[])
        .assert_code(1)
        .assert_stderr_once(&["no luck"]);
}

#[test]
fn row_182_of_components() {
    for (text, end) in [
        ("exit 7", Code(7)),
        ("kill -KILL $$", Death(SIGKILL)),
        ("exit 0", Code(4)),
    ] {
        let output = scene(&["as-child", text]).spawn().wait();
        match end {
            Code(code) => output.assert_code(code),
            Death(signal) => output.assert_signal(signal),
        };
        output.assert_no_stderr();
    }
}

/// PID 1 cannot die by a signal.
#[test]
fn row_182_as_pid_1() {
    if !available(Capability::PidNamespace, "row_182") {
        return;
    }
    for (text, code) in [
        ("exit 7", 7),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
        ("kill -SEGV $$", 139),
    ] {
        let script = [
            "as-child=run",
            "run=line,child:a,child-wait:a",
            &child("", text),
        ];
        // The program lives until it was found.
        let mut app = phases(&script).spawn_as_pid_1();
        app.send_line("go");
        app.wait().assert_code(code);
    }
}

/// And embedded in a program that goes on.
#[test]
fn row_182_inside_another_program() {
    let script = [
        "as-child=run",
        "embedded=twice",
        "run=child:a,child-wait:a",
        &child("", "kill -KILL $$"),
    ];
    phases(&script)
        .spawn()
        .wait()
        .assert_code(0)
        .assert_times("status Signal(9)", 2);
}

#[test]
fn row_183_without_a_second_core() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let text = "ulimit -c unlimited; kill -SEGV $$";
    let app = scene(&["as-child", text])
        .current_dir(folder.path())
        .spawn();
    let output = app.wait();
    output.assert_signal(SIGSEGV);
    let dumped = output.stdout().concat().contains("core dumped");
    if !dumped {
        print_uncaptured("row_183 skipped: no core is dumped here");
        return;
    }
    output.assert(
        !std::os::unix::process::ExitStatusExt::core_dumped(&output.status()),
        "the app was to leave no core",
    );
    let cores = fs::read_dir(folder.path()).expect("it is there").count();
    assert!(cores <= 1, "{cores} cores");
}
