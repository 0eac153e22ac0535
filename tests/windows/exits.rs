//! Exit functions, exits that the app does not conduct, and programs that go on after their app.

use aplomb_testing::{Capability, Command, Output};

use super::kinds::{Died, KEYS, WHOLE, app, number, on_both, press, scene, send};
use crate::programs::On;

/// Registers `one`, `two` and `three`; `two` takes as long as the test wants.
fn with_functions(on: On, script: &[&str], two: &str) -> Command {
    app(on, script).args([
        "start=at-exit:one,at-exit:two,at-exit:three",
        "one=say:1+,say:1-",
        two,
        "three=say:3+,say:3-",
    ])
}

const QUICK: &str = "two=say:2+,say:2-";
const SLOW: &str = "two=say:2+,line,say:2-";

/// Last first, once each, whole, and nothing after them.
fn all_three(output: &Output) -> &Output {
    let said = output.stdout();
    let from = said.len().saturating_sub(6);
    output.assert(
        said[from..] == ["3+", "3-", "2+", "2-", "1+", "1-"],
        "the exit functions were due at the end, last first",
    );
    output
}

#[test]
fn row_72_each_way_out_calls_the_exit_functions() {
    on_both(|on| {
        let ways: [(&[&str], i32); 5] = [
            (&["run=ok"], 0),
            (&["run=code:9"], 9),
            (&["run=exit:3"], 3),
            (&["run=thread:quitter,hang", "quitter=exit:3"], 3),
            (&["run=panic:torn"], 101),
        ];
        for (script, code) in ways {
            let output = with_functions(on, script, QUICK).spawn().wait();
            all_three(&output).assert_code(code);
        }
        for event in KEYS {
            let mut app = with_functions(on, &["run=wait"], QUICK).spawn();
            app.expect("R+");
            send(&app, event);
            let output = app.wait();
            all_three(&output).assert_died().assert_no_stderr();
        }
    });
}

#[test]
fn row_72_an_event_during_one() {
    on_both(|on| {
        for (script, code) in [("run=ok", 0), ("run=code:9", 9), ("run=exit:3", 3)] {
            let mut app = with_functions(on, &[script], SLOW).spawn();
            app.expect("2+");
            press(&app);
            app.send_line("go");
            all_three(&app.wait()).assert_code(code);
        }
    });
}

/// `process::exit` waits for a shield as long as the app has said.
#[test]
fn row_152_a_shield_that_takes_too_long_is_cut() {
    on_both(|on| {
        let script = [
            "run=at-exit:bye,spawn:worker,pass:in,exit:5",
            "worker=shield:ledger,open:in,hang",
            "bye=say:bye",
            "exit-wait=400",
        ];
        app(on, &script)
            .spawn()
            .wait()
            .assert_code(5)
            .assert_once("bye")
            .assert_stderr_once(&["not waited for after 400ms: shield `ledger`"]);
    });
}

#[test]
fn row_155_an_exit_function_exits() {
    on_both(|on| {
        let script = [
            "start=at-exit:first,at-exit:second",
            "first=say:1",
            "second=say:2,exit:9",
            "run=ok",
        ];
        app(on, &script)
            .spawn()
            .wait()
            .assert_code(9)
            .assert_in_order(&["P-", "2", "1"])
            .assert_no_stderr();
    });
}

#[test]
fn row_196_the_body_of_main_leaves_early() {
    on_both(|on| {
        let mut app = scene(on, "body").spawn();
        app.expect("B+");
        app.send_line("leave");
        app.wait()
            .assert_code(0)
            .assert_stdout(&["B+", "B-"])
            .assert_no_stderr();
    });
}

/// When the app has ended, an event does again what it has done before.
#[test]
fn row_73_the_handlers_are_gone_after_the_app() {
    on_both(|on| {
        for event in KEYS {
            let mut program = app(on, &["run=wait", "embedded=once"]).spawn();
            program.expect("R+");
            send(&program, event);
            program.expect("alone");
            send(&program, event);
            let output = program.wait();
            // Wine's own routine ends a program with 0.
            if Capability::Console.is_available() {
                output.assert_died();
            }
            output
                .assert_never("went on")
                .assert_once(&format!("status Signal({})", number(event)))
                .assert_in_order(&WHOLE);
        }
    });
}

#[test]
fn row_74_two_apps_one_after_the_other() {
    on_both(|on| {
        let mut program = app(on, &["run=wait", "embedded=twice"]).spawn();
        program.expect("R+");
        press(&program);
        program.expect("status Signal(2)");
        program.expect("R+");
        press(&program);
        let output = program.wait();
        output.assert_code(0).assert_times("status Signal(2)", 2);
        output.assert_in_order(&[&WHOLE[..], &WHOLE[..]].concat());
    });
}
