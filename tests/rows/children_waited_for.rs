//! Waiting for children of `aplomb::process`, in shields and outside of them.

use aplomb_testing::{Session, wait_until};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};

use super::children::{PATIENT, app, child, finish, started};
use crate::ON;
use crate::support::{A_WHILE, pause_past_debounce};

#[test]
fn row_90_started_in_a_shield_it_is_not_interrupted() {
    let script = [
        "run=shield:build,child:a,child-wait:a,unshield,checkpoint",
        &child(
            "tell",
            "trap 'echo told' TERM; echo there $$; read go < \"$PIPE\"; echo done; exit 7",
        ),
    ];
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let pipe = folder.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a named pipe");
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let mut app = app(&script).env("PIPE", &pipe).spawn();
        started(&mut app);
        for _ in 0..3 {
            app.send_signal(signal);
            pause_past_debounce();
        }
        app.assert_running_without("a exit status: 7");
        std::fs::write(&pipe, "go\n").expect("it reads");
        let output = finish(app);
        output.assert_signal(signal).assert_never("told");
        output.assert_in_order(&["done", "a exit status: 7"]);
        // A thread that the user insists on is over when its shield is, and says no more or little.
        if ON.is_tasks() || signal != SIGINT {
            output.assert_in_order(&["a exit status: 7", "checkpoint Err(Cancelled)"]);
        }
    }
}

#[test]
fn row_91_waiting_is_an_interruption_point() {
    // Outside of a shield.
    let script = [
        "run=child:a,child-wait:a,child-wait:a",
        "stop=child-stop:a",
        &child("", PATIENT),
    ];
    let mut running = app(&script).spawn();
    started(&mut running);
    running.send_signal(SIGINT);
    finish(running).assert_signal(SIGINT).assert_in_order(&[
        "a Err(Cancelled)",
        "a Err(Cancelled)",
        "P+",
        "a signal: 15 (SIGTERM)",
    ]);

    // What is started and waited for in one goes with the waiting.
    let mut running = app(&["run=run-child:a", &child("", PATIENT)]).spawn();
    started(&mut running);
    running.send_signal(SIGINT);
    finish(running)
        .assert_signal(SIGINT)
        .assert_once("a Err(Cancelled)");

    // In a shield.
    let mut running = app(&[
        "run=shield:all,run-child:a,unshield",
        &child("", "echo there $$; read go < \"$PIPE\"; exit 5"),
    ]);
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let pipe = folder.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a named pipe");
    running = running.env("PIPE", &pipe);
    let mut running = running.spawn();
    started(&mut running);
    running.send_signal(SIGINT);
    std::thread::sleep(A_WHILE);
    running.assert_running_without("a exit status: 5");
    std::fs::write(&pipe, "go\n").expect("it reads");
    finish(running)
        .assert_signal(SIGINT)
        .assert_once("a exit status: 5");
}

#[test]
fn row_94_what_cannot_be_started_is_named() {
    let script = [
        "run=child:a",
        "program-of-a=/no/such/program",
        &child("", ""),
    ];
    let mut app = app(&script).spawn();
    app.expect(
        "a failed: cannot start `a` (/no/such/program): No such file or directory (os error 2)",
    );
    finish(app).assert_code(0);
}

/// One that was told while it is stopped hears of it.
#[test]
fn row_95_told_while_it_is_stopped() {
    let script = [
        "run=child:a,wait",
        "stop=child-stop:a",
        &child(
            "grace:60000",
            "echo there $$; kill -STOP $$; exec tail -f /dev/null",
        ),
    ];
    let mut app = app(&script).spawn();
    let pid = started(&mut app);
    let members = || Session::of(app.pid()).others();
    wait_until("it has stopped", || {
        members()
            .iter()
            .any(|member| member.pid == pid && member.state == 'T')
    });
    app.send_signal(SIGTERM);
    finish(app)
        .assert_signal(SIGTERM)
        .assert_once("a signal: 15 (SIGTERM)");
}

/// A stopped process that the child has started hears of it, too: the signals are for the group. (The kernel hangs up
/// on those that are still stopped when the leader ends: `_exit(2)`.)
#[test]
fn row_95_told_while_another_of_its_group_is_stopped() {
    let other = "trap '' HUP; trap 'echo told; exit 0' TERM; kill -STOP $$; while :; do tail -f /dev/null & wait; done";
    let script = [
        "run=child:a,wait",
        "stop=child-stop:a",
        &child(
            "grace:60000",
            &format!(
                "sh -c \"{}\" & echo there $!; exec tail -f /dev/null",
                other.replace('$', "\\$")
            ),
        ),
    ];
    let mut app = app(&script).spawn();
    let other = started(&mut app);
    wait_until("it has stopped", || {
        let members = Session::of(app.pid()).others();
        members
            .iter()
            .any(|member| member.pid == other && member.state == 'T')
    });
    app.send_signal(SIGTERM);
    finish(app)
        .assert_signal(SIGTERM)
        .assert_in_order(&["told", "a signal: 15 (SIGTERM)"]);
}
