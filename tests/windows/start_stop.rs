//! Which phases run, how often, in which order.

use super::kinds::{Died, KEYS, WHOLE, app, number, on_both, press, scene, send};

#[test]
fn row_01_and_02_an_event_in_run() {
    on_both(|on| {
        for event in KEYS {
            let mut app = app(on, &["run=wait"]).spawn();
            app.expect("R+");
            send(&app, event);
            app.wait()
                .assert_died()
                .assert_stdout(&WHOLE)
                .assert_no_stderr();
        }
    });
}

#[test]
fn row_04_an_event_in_the_body_of_main() {
    on_both(|on| {
        for event in KEYS {
            let mut app = scene(on, "body").spawn();
            app.expect("B+");
            send(&app, event);
            // The app never got the line that it waits for, so only the event can have ended it.
            app.wait()
                .assert_died()
                .assert_stdout(&["B+"])
                .assert_no_stderr();
            let mut app = scene(on, "body-with-code").spawn();
            app.expect("B+");
            send(&app, event);
            app.wait()
                .assert_code(128 + number(event))
                .assert_stdout(&["B+"])
                .assert_no_stderr();
        }
        // Without an event, the body's value reaches `start`.
        let mut app = scene(on, "body").spawn();
        app.expect("B+");
        app.send_line("hello");
        app.wait()
            .assert_code(0)
            .assert_stdout(&["B+", "B-", "S+ hello", "R+", "P+"])
            .assert_no_stderr();
    });
}

#[test]
fn row_05_an_event_in_start() {
    on_both(|on| {
        for event in KEYS {
            let mut app = app(on, &["start=accepted,line,say:built", "run=wait"]).spawn();
            app.expect("S+");
            send(&app, event);
            app.expect("accepted");
            app.send_line("go");
            app.wait()
                .assert_died()
                .assert_stdout(&["S+", "accepted", "built", "S-", "P+", "P-"])
                .assert_no_stderr();
        }
    });
}

#[test]
fn row_06_two_events_in_start() {
    on_both(|on| {
        let mut app = app(on, &["start=seen:1,seen:2", "run=wait", "stop=log"]).spawn();
        app.expect("S+");
        for (event, seen) in KEYS.into_iter().zip(["seen 1", "seen 2"]) {
            send(&app, event);
            app.expect(seen);
        }
        app.wait()
            .assert_died()
            .assert_stdout(&[
                "S+",
                "seen 1",
                "seen 2",
                "S-",
                "P+",
                "signals SIGINT SIGTERM",
                "reason SIGINT",
                "P-",
            ])
            .assert_no_stderr();
    });
}

#[test]
fn row_07_start_fails() {
    on_both(|on| {
        app(on, &["start=err:no disk", "run=wait"])
            .spawn()
            .wait()
            .assert_code(1)
            .assert_stdout(&["S+", "S-"])
            .assert_stderr_once(&["Error: Text(\"no disk\")"]);
    });
}

#[test]
fn row_08_start_panics() {
    on_both(|on| {
        app(on, &["start=panic:no memory", "run=wait"])
            .spawn()
            .wait()
            .assert_code(101)
            .assert_stdout(&["S+"])
            .assert_stderr_once(&["no memory"]);
    });
}

#[test]
fn row_09_an_event_in_start_which_then_fails() {
    on_both(|on| {
        let mut app = app(on, &["start=accepted,err:no disk", "run=wait"]).spawn();
        app.expect("S+");
        press(&app);
        app.wait()
            .assert_code(1)
            .assert_stdout(&["S+", "accepted", "S-"])
            .assert_stderr_once(&["Text(\"no disk\")"]);
    });
}

#[test]
fn row_11_and_12_and_13_run_ends_by_itself() {
    on_both(|on| {
        app(on, &["run=ok"])
            .spawn()
            .wait()
            .assert_code(0)
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
        app(on, &["run=err:no network"])
            .spawn()
            .wait()
            .assert_code(1)
            .assert_stdout(&WHOLE)
            .assert_stderr_once(&["Error: Text(\"no network\")"]);
        app(on, &["run=panic:no idea"])
            .spawn()
            .wait()
            .assert_code(101)
            .assert_stdout(&["S+", "S-", "R+", "P+", "P-"])
            .assert_stderr_once(&["no idea"]);
    });
}

#[test]
fn row_20_the_first_event_comes_in_stop() {
    on_both(|on| {
        let mut app = app(on, &["run=ok", "stop=seen:1,line,say:saved"]).spawn();
        app.expect("P+");
        press(&app);
        app.expect("seen 1");
        app.send_line("go");
        app.wait()
            .assert_died()
            .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "seen 1", "saved", "P-"])
            .assert_no_stderr();
    });
}

#[test]
fn row_32_a_request_with_a_code() {
    on_both(|on| {
        app(on, &["run=request-exit:7,wait,ok", "stop=log"])
            .spawn()
            .wait()
            .assert_code(7)
            .assert_in_order(&["R+", "R-", "P+", "signals ", "P-"])
            .assert_once("P+")
            .assert_no_stderr();
    });
}

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
            press(&app);
            app.wait()
                .assert_died()
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
