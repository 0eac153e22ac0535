//! Components: they start in order, run side by side, and stop in reverse.

use aplomb_testing::{Child, Command, Output};

use super::kinds::{Died, app, on_both, press};
use crate::programs::On;
use crate::support::pause_past_debounce;

const STARTS: [&str; 6] = [
    "database S+",
    "database S-",
    "cache S+",
    "cache S-",
    "api S+",
    "api S-",
];

const RUNS: [&str; 3] = ["database R+", "cache R+", "api R+"];

const STOPS: [&str; 6] = [
    "api P+",
    "api P-",
    "cache P+",
    "cache P-",
    "database P+",
    "database P-",
];

fn components(on: On, script: &[&str]) -> Command {
    app(on, &[&["components=yes"], script].concat())
}

fn running(on: On, script: &[&str]) -> Child {
    let mut app = components(on, script).spawn();
    app.expect_all(&RUNS);
    app
}

fn all_started_and_stopped(output: &Output) {
    let lines = [&STARTS[..], &STOPS].concat();
    output.assert_in_order(&lines);
    for line in lines {
        output.assert_once(line);
    }
}

#[test]
fn row_100_an_event_in_run() {
    on_both(|on| {
        let app = running(on, &["cleanup=yes"]);
        press(&app);
        let output = app.wait();
        output.assert_died().assert_no_stderr();
        all_started_and_stopped(&output);
        output.assert_in_order(&["api P-", "api U", "cache P+"]);
        output.assert_in_order(&["cache P-", "cache U", "database P+"]);
        output.assert_in_order(&["database P-", "database U"]);
    });
}

#[test]
fn row_101_a_request_in_the_second_start() {
    on_both(|on| {
        let script = ["cache.start=accepted,line", "cleanup=yes"];
        let mut app = components(on, &script).spawn();
        app.expect("cache S+");
        press(&app);
        app.expect("accepted");
        app.send_line("go");
        app.wait()
            .assert_died()
            .assert_stdout(&[
                "database S+",
                "database S-",
                "cache S+",
                "accepted",
                "cache S-",
                "cache P+",
                "cache P-",
                "cache U",
                "database P+",
                "database P-",
                "database U",
            ])
            .assert_no_stderr();
    });
}

#[test]
fn row_102_and_103_a_start_fails_or_panics() {
    on_both(|on| {
        for (start, code) in [("err:no room", 1), ("panic:no room", 101)] {
            let start = format!("cache.start={start}");
            let output = components(on, &[&start, "cleanup=yes"]).spawn().wait();
            output
                .assert_code(code)
                .assert_stderr(&["no room"])
                .assert_stderr(&["component `cache`"])
                .assert_in_order(&["database S-", "cache S+", "cache U", "database P+"])
                .assert_in_order(&["database P-", "database U"])
                .assert_never("api S+");
        }
    });
}

#[test]
fn row_109_a_run_ends() {
    on_both(|on| {
        let mut app = running(on, &["cache.run=line", "api.stop=log"]);
        app.send_line("go");
        let output = app.wait();
        output
            .assert_code(0)
            .assert_in_order(&["cache R-", "api P+", "reason component `cache` has ended"])
            .assert_no_stderr();
        all_started_and_stopped(&output);
    });
}

#[test]
fn row_136_a_component_in_a_shield() {
    on_both(|on| {
        let script = ["cache.run=accepted,shield:ledger,say:in,line,unshield"];
        let mut app = running(on, &script);
        press(&app);
        app.expect("in");
        pause_past_debounce();
        press(&app);
        app.expect_stderr(&["waiting for shield `ledger`"]);
        app.assert_running_without("api P+");
        app.send_line("go");
        let output = app.wait();
        output.assert_died();
        all_started_and_stopped(&output);
    });
}
