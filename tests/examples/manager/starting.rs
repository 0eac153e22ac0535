//! Starts that fail: what is wrong is named, and what was started is ended.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use aplomb_testing::{Command, Output, Session};

use super::service::manager;
use crate::examples::program::{example, helps, is_misused};

#[track_caller]
fn fails(program: Command, of: &str) -> Output {
    let app = program.in_new_session().spawn();
    let leader = app.pid();
    let output = app.wait();
    output.assert_code(1).assert_stderr_once(&[of]);
    Session::of(leader).assert_no_others();
    output
}

/// Starts four of these workers, and checks the failure and how many workers got ready before it.
#[track_caller]
fn fails_at(worker: &str, of: &str, ready: usize) -> Duration {
    let short = ["--workers", "4", "--ready", "0.3", "--grace", "0.3"];
    let began = Instant::now();
    let program = manager(&short).args(["--", "sh", "-c", worker]);
    let output = fails(program, of);
    let said = output.stdout();
    let in_order = said
        .iter()
        .enumerate()
        .all(|(at, line)| line.starts_with(&format!("worker {} is ready", at + 1)));
    let what = format!("{ready} workers were to be ready, in order");
    output.assert(in_order && said.len() == ready, &what);
    output.duration_since(began)
}

#[test]
fn a_worker_that_is_not_there() {
    let of = "cannot start `worker 1` (/nowhere/at/all): No such file";
    fails(manager(&["--", "/nowhere/at/all"]), of).assert_stdout(&[]);
}

#[test]
fn a_worker_that_ends_before_it_is_ready() {
    fails_at(
        "exit 7",
        "worker 1 ended before it was ready: exit status: 7",
        0,
    );
    let third = "test $WORKER = 3 && exit 7; echo ready; cat > /dev/null";
    fails_at(
        third,
        "worker 3 ended before it was ready: exit status: 7",
        2,
    );
    let killed = "test $WORKER = 4 && kill -KILL $$; echo ready; cat > /dev/null";
    fails_at(killed, "worker 4 ended before it was ready: signal: 9", 3);
}

#[test]
fn a_worker_that_is_never_ready() {
    let never = "test $WORKER = 2 && exec sleep 1000; echo ready; cat > /dev/null";
    let took = fails_at(never, "worker 2 was not ready within 300ms", 1);
    assert!(took >= Duration::from_millis(290), "{took:?}");
}

/// The workers that are ready do not end when they are told to. So they have to be killed.
#[test]
fn a_worker_that_is_never_ready_and_deaf() {
    let deaf = "trap '' TERM; test $WORKER = 3 || echo ready; exec sleep 1000";
    fails_at(deaf, "worker 3 was not ready within 300ms", 2);
}

#[test]
fn a_worker_that_says_something_else() {
    let of = "worker 1 said \"hello\" instead of \"ready\"";
    fails_at("echo hello; cat > /dev/null", of, 0);
    // This worker closes its output and goes on running. So the manager has to end it.
    let silent = "exec >&-; exec sleep 1000";
    fails_at(silent, "worker 1 ended before it was ready: signal: 15", 0);
}

/// The port is taken before a worker is started, so a failure leaves none behind.
#[test]
fn a_port_that_is_taken() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let program = manager(&["--port", &port]);
    fails(program, &format!("cannot listen on port {port}")).assert_stdout(&[]);
}

#[test]
fn wrong_arguments_are_told() {
    for (words, of) in [
        (["--workers", "0"], "'0'"),
        (["--threads", "0"], "'0'"),
        (["--port", "http"], "http"),
        (["--ready", "soon"], "soon"),
        (["--patience", "-1"], "-1"),
        (["--fatal", "--worker"], "--worker"),
    ] {
        is_misused(manager(&words), of);
    }
    helps("manager");
}

/// What a worker says, seen without a manager.
#[test]
fn a_worker_by_hand() {
    let mut worker = example("manager").args(["be-a-worker"]).spawn();
    worker.expect("ready");
    for (request, answer) in [
        ("words /dev/null", "0 words"),
        ("hello", "failed: it is no request"),
    ] {
        worker.send_line(request);
        worker.expect(answer);
    }
    worker.close_stdin();
    worker.wait().assert_code(0).assert_no_stderr();
}
