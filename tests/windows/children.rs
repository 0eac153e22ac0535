//! Children that `aplomb::process` has started: as a part of the app. Each child is the program of the phases.

use std::time::Duration;

use aplomb_testing::Signal::SIGINT;
use aplomb_testing::{Capability, Child, Command, Output};

use super::kinds::{app, on_both};
use crate::programs::On;
use crate::support::{A_WHILE, available};

/// Says that it is there, and lives until it is ended.
const PATIENT: &str = "run=say:there,hang quiet=SRP";
/// Says that it is there, says when it is told, and ends.
const POLITE: &str = "run=say:there,wait,say:told quiet=SRP exit=success";

fn child(words: &str, text: &str) -> String {
    format!("a={words} | {text}")
}

fn with_child(on: On, script: &[&str]) -> Child {
    let mut app = app(on, script).spawn();
    app.expect("there");
    app
}

/// Waits for the end of the app, after which nothing of it is there.
#[track_caller]
fn finish(app: Child) -> Output {
    app.wait_until_nothing_is_left();
    app.wait()
}

/// A child in a group of its own does not get the keys of the console; with `foreground` it does.
#[test]
fn row_81_ctrl_c_is_not_for_children() {
    on_both(|on| {
        let script = [
            "run=child:a,wait,line,child-stop:a",
            &child("grace:300", POLITE),
        ];
        let mut app = with_child(on, &script);
        app.send_signal(SIGINT);
        std::thread::sleep(A_WHILE);
        app.assert_running_without("told");
        app.send_line("go");
        finish(app).assert_signal(SIGINT);

        let script = [
            "run=child:a,wait,line,child-stop:a",
            &child("foreground", POLITE),
        ];
        let mut app = with_child(on, &script);
        app.send_signal(SIGINT);
        app.expect("told");
        app.send_line("go");
        finish(app).assert_signal(SIGINT);
    });
}

#[test]
fn row_82_left_alone_at_the_request() {
    on_both(|on| {
        let script = [
            "run=child:a,wait,line",
            "stop=try-wait:a,kill:a,child-wait:a",
            &child("", PATIENT),
        ];
        let mut app = with_child(on, &script);
        app.send_signal(SIGINT);
        app.send_line("go");
        app.expect("a lives");
        finish(app).assert_signal(SIGINT).assert_no_stderr();
    });
}

#[test]
fn row_83_told_by_the_end_of_its_input() {
    on_both(|on| {
        let text = "run=say:there,read,say:told quiet=SRP";
        let script = [
            "run=child:a,wait,child-wait:a",
            "stop=child-wait:a",
            &child("tell end-of-input", text),
        ];
        let app = with_child(on, &script);
        app.send_signal(SIGINT);
        finish(app)
            .assert_signal(SIGINT)
            .assert_once("told")
            .assert_once("a exit code: 0");
    });
}

/// The child is sent Ctrl-Break, to its own group.
#[test]
fn row_83_told_by_ctrl_break() {
    if !available(Capability::Console, "row_83_told_by_ctrl_break") {
        return;
    }
    on_both(|on| {
        let script = [
            "run=child:a,wait,child-wait:a",
            "stop=child-wait:a",
            &child("tell", POLITE),
        ];
        let app = with_child(on, &script);
        app.send_signal(SIGINT);
        finish(app)
            .assert_signal(SIGINT)
            .assert_once("told")
            .assert_once("a exit code: 0")
            .assert_no_stderr();
    });
}

/// A child that does not listen is killed with its tree when its grace is over.
#[test]
fn row_85_killed_when_the_grace_is_over() {
    on_both(|on| {
        for (words, option) in [
            ("grace:300", "timeout-stop=60000"),
            ("grace:60000", "timeout-stop=1500"),
        ] {
            let text = "run=child:b,hang quiet=SRP b=|run=say:there,hang";
            let script = [
                "run=child:a,wait",
                "stop=child-stop:a,say:stopped",
                option,
                &child(words, text),
            ];
            let app = with_child(on, &script);
            app.send_signal(SIGINT);
            finish(app)
                .assert_signal(SIGINT)
                .assert_in_order(&["P+", "stopped"]);
        }
    });
}

/// The app is ended from outside, as by the task manager: its children go with it.
#[test]
fn row_87_ends_with_a_parent_that_is_killed() {
    on_both(|on| {
        let script = ["run=child:a,line", &child("", PATIENT)];
        let mut app = with_child(on, &script);
        app.kill();
        // The test's own hold on them is not what ends them: that is there until the child is dropped.
        app.wait_until_nothing_is_left();
        app.wait();
    });
}

#[test]
fn row_88_its_status_is_kept() {
    on_both(|on| {
        let script = [
            "run=child:a,line,child-wait:a,try-wait:a",
            &child("", "run=code:7 quiet=SRP"),
        ];
        let mut app = app(on, &script).spawn();
        app.expect_prefix("a pid ");
        // The child has ended, and nobody waits for it yet. When the app has seen that cannot be told from here, so the
        // app waits first.
        aplomb_testing::wait_until("the child has ended", || app.living() == 1);
        app.send_line("go");
        finish(app)
            .assert_code(0)
            .assert_times("a exit code: 7", 2)
            .assert_no_stderr();
    });
}

#[test]
fn row_89_the_app_ends_with_a_child_that_it_needs() {
    on_both(|on| {
        for (text, code) in [("run=code:7 quiet=SRP", 1), ("run=ok quiet=SRP", 0)] {
            let script = ["run=child:a,wait,log", &child("essential", text)];
            let app = app(on, &script).spawn();
            let output = finish(app);
            output.assert_code(code).assert_once("P-");
            if code == 1 {
                output.assert_stderr(&["Error: child `a`", "has ended: exit code: 7"]);
            } else {
                output.assert_no_stderr();
            }
        }
    });
}

#[test]
fn row_91_waiting_is_an_interruption_point() {
    on_both(|on| {
        let script = [
            "run=child:a,child-wait:a",
            "stop=kill:a",
            &child("", PATIENT),
        ];
        let app = with_child(on, &script);
        app.send_signal(SIGINT);
        finish(app)
            .assert_signal(SIGINT)
            .assert_in_order(&["a Err(Cancelled)", "R-", "P+"]);

        // In a shield the status is waited for.
        let text = "run=say:there,wait-timeout:700,code:5 quiet=SRP";
        let script = ["run=shield:all,run-child:a,unshield", &child("", text)];
        let app = with_child(on, &script);
        app.send_signal(SIGINT);
        finish(app)
            .assert_signal(SIGINT)
            .assert_once("a exit code: 5");
    });
}

/// The exit ends what the program has forgotten, on each way out.
#[test]
fn row_92_the_exit_ends_the_forgotten() {
    let ways: [&[&str]; 5] = [
        &["run=child:a,forget:a,line"],
        &["run=child:a,forget:a,line,panic:no luck"],
        &["run=child:a,forget:a,line,err:no luck"],
        &["start=child:a,forget:a,line,err:no luck"],
        &[
            "run=child:a,forget:a,line,thread:leaves,wait",
            "leaves=exit:3",
        ],
    ];
    on_both(|on| {
        for way in ways {
            let described = child("grace:300", PATIENT);
            let script: Vec<_> = way.iter().copied().chain([&*described]).collect();
            let mut app = with_child(on, &script);
            app.send_line("go");
            finish(app);
        }
    });
}

#[test]
fn row_93_an_end_by_force_kills() {
    on_both(|on| {
        let script = [
            "run=child:a,wait",
            "stop=hang",
            "timeout-stop=400",
            &child("grace:60000", PATIENT),
        ];
        let app = with_child(on, &script);
        app.send_signal(SIGINT);
        finish(app).assert_code(124);
    });
}

#[test]
fn row_94_a_program_that_is_not_there() {
    on_both(|on| {
        let script = ["run=child:a", "a=|", "program-of-a=no-such-program"];
        let output = app(on, &script).spawn().wait();
        let said = output.stdout();
        output.assert_code(0).assert(
            said.iter().any(|line| line.starts_with("a failed:")),
            "it was to fail",
        );
    });
}

/// A child that is to be ready says so by itself.
#[test]
fn row_188_a_child_says_that_it_is_ready() {
    on_both(|on| {
        let text = "run=say-ready,line,wait quiet=SRP";
        let script = [
            "run=child:a,say:is-ready,kill:a",
            &child("ready:10000", text),
        ];
        finish(app(on, &script).spawn())
            .assert_code(0)
            .assert_once("is-ready")
            .assert_no_stderr();
    });
}

#[test]
fn row_189_a_child_is_never_ready() {
    on_both(|on| {
        let script = ["run=child:a,say:went-on", &child("ready:300", PATIENT)];
        let output = finish(app(on, &script).spawn());
        let said = output.stdout();
        output.assert_code(0).assert_once("went-on").assert(
            said.iter().any(|line| line.starts_with("a failed:")),
            "it was to fail",
        );
    });
}

/// Many children at the same time: more than one wait of Windows takes.
#[test]
fn row_96_eighty_children() {
    on_both(|on| {
        let run: Vec<_> = (0..80).map(|at| format!("child:c{at}")).collect();
        let wait: Vec<_> = (0..80).map(|at| format!("child-wait:c{at}")).collect();
        let described = (0..80).map(|at| format!("c{at}=|run=read,code:7 quiet=SRP"));
        let script = format!("run={},say:all,{}", run.join(","), wait.join(","));
        let command: Command = app(on, &[&script]).args(described);
        let mut app = command.timeout(Duration::from_secs(60)).spawn();
        app.expect("all");
        app.close_stdin();
        let output = finish(app);
        let statuses = output.stdout();
        let ended = |line: &&String| line.ends_with(" exit code: 7");
        assert_eq!(statuses.iter().filter(ended).count(), 80);
        output.assert_code(0).assert_no_stderr();
    });
}
