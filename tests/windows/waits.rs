//! Interruption points: sockets, and what else Windows waits for in a way of its own.

use aplomb_testing::Signal::SIGINT;

use super::kinds::{app, on_both};

/// Each way in which a thread or task waits ends.
#[test]
fn each_interruption_point_of_run_ends() {
    let points = [
        ("sleep:60000", "sleep Err(Cancelled)"),
        ("wait-timeout:60000", "wait-timeout true"),
        ("ready", "ready Err(Cancelled)"),
        ("accept", "accept Err(Cancelled)"),
        ("run-blocking", "run-blocking Err(Cancelled)"),
    ];
    on_both(|on| {
        for (point, said) in points {
            let mut app = app(on, &[&format!("run=say:in,{point}")]).spawn();
            app.expect("in");
            app.send_signal(SIGINT);
            app.wait()
                .assert_signal(SIGINT)
                .assert_stdout(&["S+", "S-", "R+", "in", said, "R-", "P+", "P-"])
                .assert_no_stderr();
        }
    });
}

/// What is waited for comes, or its time passes.
#[test]
fn row_187_waits_with_a_limit() {
    on_both(|on| {
        if on.is_tasks() {
            return;
        }
        app(on, &["run=ready-within:50"])
            .spawn()
            .wait()
            .assert_code(0)
            .assert_in_order(&["ready false", "ready true"])
            .assert_no_stderr();
        app(on, &["run=accept-within:50"])
            .spawn()
            .wait()
            .assert_code(0)
            .assert_once("accepted none")
            .assert_no_stderr();
        let mut app = app(on, &["run=accept-within:60000"]).spawn();
        let address = app.expect_prefix("listens ");
        std::net::TcpStream::connect(address).expect("it listens");
        app.wait().assert_code(0).assert_once("accepted one");
    });
}
