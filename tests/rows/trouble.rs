//! Code of the program's makes trouble where the library calls it: it panics, exits, forks, or never
//! returns.

use std::thread;

use aplomb_testing::{Command, Output};
use nix::sys::signal::Signal::{SIGABRT, SIGINT, SIGTERM};

use crate::ON;
use crate::programs::scene;
use crate::support::{THREAD_LOCALS_END_AT_EXIT, pause_past_debounce};

/// The places where code of the program's is called before `run` waits, and those where it is called at the end.
const AT_FIRST: [&str; 10] = [
    "body", "start", "run", "signal", "pre-exec", "hook", "clone", "waker", "debug", "error",
];
const AT_LAST: [&str; 10] = [
    "on-request",
    "on-signal",
    "wake",
    "captured",
    "stop",
    "state",
    "step",
    "config",
    "at-exit",
    "local",
];
/// Where code is called before there is a state. A signal ends the process at once there.
const BEFORE_START: [&str; 3] = ["body", "runtime", "display"];
/// Those that only an async app has: the function that makes its runtime, the error of that, the result of a shielded
/// task that nobody awaits, what a `run` has that is dropped.
const AT_FIRST_OF_TASKS: [&str; 3] = ["runtime", "display", "result"];
const AT_LAST_OF_TASKS: [&str; 3] = ["future", "async-step", "executor"];

fn places() -> Vec<&'static str> {
    let mut places = [&AT_FIRST[..], &AT_LAST].concat();
    if ON.is_tasks() {
        places.extend(AT_FIRST_OF_TASKS);
        places.extend(AT_LAST_OF_TASKS);
    }
    places
}

/// Those where code is called that an app of its own process has: the values of its thread end at the exit, if they do
/// at all.
fn places_to_the_exit() -> Vec<&'static str> {
    let mut places = places();
    places.retain(|&place| THREAD_LOCALS_END_AT_EXIT || place != "local");
    places
}

fn case(place: &str, does: &str) -> Command {
    scene(&["trouble", &format!("case={place}"), &format!("does={does}")])
}

/// Plays the case at each place, all at once, and has a look at the output.
fn everywhere(
    places: &[&str],
    play: impl Fn(&str) -> Output + Sync,
    look: impl Fn(&str, &Output) + Sync,
) {
    let (play, look) = (&play, &look);
    thread::scope(|scope| {
        for &place in places {
            scope.spawn(move || look(place, &play(place)));
        }
    });
}

/// Starts the case, and asks for the end: when the trouble is there, or `run` waits.
fn played(case: &Command, place: &str, has_ended: bool) -> Output {
    let mut app = case.clone().spawn();
    if AT_FIRST.contains(&place) || AT_FIRST_OF_TASKS.contains(&place) {
        app.expect(&format!("in {place}"));
    } else {
        app.expect("begun");
    }
    match place {
        // Its end is that of the app.
        _ if has_ended && BEFORE_START.contains(&place) => {}
        "future" => {
            app.send_signal(SIGINT);
            app.expect("accepted");
            pause_past_debounce();
            app.send_signal(SIGINT);
        }
        _ => app.send_signal(SIGTERM),
    }
    app.wait()
}

/// Whether `stop` is called: what `start` has made is there. It has gone with an executor that has panicked.
fn stops(place: &str) -> bool {
    !BEFORE_START.contains(&place) && !["start", "executor"].contains(&place)
}

#[test]
fn row_193_it_panics() {
    let play = |place: &str| played(&case(place, "panic"), place, true);
    everywhere(&places_to_the_exit(), play, |place, output| {
        output.assert_once(&format!("in {place}"));
        match place {
            // The standard library aborts there, since such a panic has nowhere to go.
            "hook" | "local" => output.assert_signal(SIGABRT),
            // The child ends, and nobody has asked how.
            "pre-exec" => output.assert_signal(SIGTERM),
            _ => output.assert_code(101),
        };
        if place != "hook" {
            output.assert_once("bye");
            output.assert_times("P+", usize::from(stops(place)));
        }
    });
}

#[test]
fn row_194_it_exits() {
    let play = |place: &str| played(&case(place, "exit"), place, true);
    everywhere(&places_to_the_exit(), play, |place, output| {
        output.assert_once(&format!("in {place}"));
        match place {
            // The process is in `exit` already, which the standard library does not let begin anew.
            "local" => output.assert_signal(SIGABRT),
            "pre-exec" => output.assert_signal(SIGTERM),
            _ => output.assert_code(3),
        };
        output.assert_once("bye");
    });
}

#[test]
fn row_195_it_never_returns() {
    // The result of a shielded task that is nobody's is dropped by that task, or by whoever gives the task up, as tokio
    // has it. A waker is woken by a thread that nothing waits for, but the wakers behind it are not woken then.
    let may_go_on = ["result", "wake"];
    let play = |place: &str| {
        let case = case(place, "block").arg("deadline=700");
        played(&case, place, false)
    };
    everywhere(&places_to_the_exit(), play, |place, output| {
        output.assert_once(&format!("in {place}"));
        let may_go_on = may_go_on.contains(&place) && output.signal().is_some();
        if may_go_on || BEFORE_START.contains(&place) {
            output.assert_signal(SIGTERM);
        } else {
            output.assert_code(124).assert_stderr(&["deadline"]);
        }
    });
}

/// The limits hold until the threads of the app are gone.
#[test]
fn row_200_it_never_returns_in_an_embedded_app() {
    // As above.
    let may_go_on = ["result", "wake"];
    let play = |place: &str| {
        let case = case(place, "block").args(["deadline=700", "embedded=yes"]);
        played(&case, place, false)
    };
    let mut places = places();
    // The exit functions are called when the program ends, and there is no app any more.
    places.retain(|&place| place != "at-exit");
    everywhere(&places, play, |place, output| {
        output.assert_once(&format!("in {place}"));
        let may_go_on = may_go_on.contains(&place) && output.signal().is_some();
        if may_go_on || BEFORE_START.contains(&place) {
            output.assert_signal(SIGTERM);
        } else {
            output.assert_code(124).assert_stderr(&["deadline"]);
            output.assert_never("after the app");
        }
        if place == "local" {
            output
                .assert_stderr(&["the threads of the app have not ended"])
                .assert_stderr(&["a destructor of a thread-local value"]);
        }
    });
}

/// The user insists on the end, where no limit is set.
#[test]
fn row_200_the_user_insists() {
    let mut app = case("local", "block").arg("embedded=yes").spawn();
    app.expect("begun");
    app.send_signal(SIGTERM);
    app.expect("in local");
    app.expect_stderr(&["a destructor of a thread-local value"]);
    app.send_signal(SIGINT);
    app.wait()
        .assert_signal(SIGINT)
        .assert_never("after the app");
}

/// A task that lives on is dropped with its executor.
#[test]
fn row_200_the_drop_of_a_task_never_ends() {
    if !ON.is_tasks() {
        return;
    }
    let words = ["on=tokio-current-thread", "embedded=yes", "deadline=1800"];
    let mut app = case("task", "block").args(words).spawn();
    app.expect("begun");
    app.send_signal(SIGTERM);
    app.expect("in task");
    app.expect_stderr(&["the executor, which drops its tasks"]);
    app.wait()
        .assert_code(124)
        .assert_stderr(&["deadline of 1.8s", "the executor has not ended"])
        .assert_never("after the app");
}

/// The child returns to the library, which ends it. The parent goes on as if nothing had happened.
#[test]
fn row_172_it_forks() {
    let mut places = places();
    // These return to code of the program's, and not to the library: the child of a child, the destructor of a
    // thread-local value, an executor; and in an app of threads what `run` calls itself, in which the child waits then.
    let returns_elsewhere = |place| match place {
        "pre-exec" | "local" | "executor" => true,
        "run" | "clone" | "waker" => !ON.is_tasks(),
        _ => false,
    };
    places.retain(|&place| !returns_elsewhere(place));
    let play = |place: &str| {
        let case = case(place, "fork");
        match place {
            // `run` ends by itself.
            "debug" | "display" | "error" | "hook" => case.spawn().wait(),
            _ if AT_FIRST.contains(&place) || AT_FIRST_OF_TASKS.contains(&place) => {
                let mut app = case.spawn();
                let ended = format!("{place} exited 1");
                if ["signal", "result"].contains(&place) {
                    // Beside `run`.
                    app.expect_all(&[&ended, "begun"]);
                } else {
                    // The child may have begun as well, so this line comes first.
                    app.expect(&ended);
                    app.expect("begun");
                }
                app.send_signal(SIGTERM);
                app.wait()
            }
            _ => played(&case, place, false),
        }
    };
    everywhere(&places, play, |place, output| {
        output
            .assert_once(&format!("in {place}"))
            .assert_once("bye")
            .assert_stderr_once(&["this is a forked child of an app"]);
        if place != "wake" {
            // No end waits for the thread that wakes, so the parent may have ended before that child.
            output.assert_once(&format!("{place} exited 1"));
        }
        match place {
            "hook" => output.assert_code(101),
            "debug" | "display" | "error" => output.assert_code(1),
            "future" => output.assert_signal(SIGINT),
            _ => output.assert_signal(SIGTERM),
        };
        // There is no runtime where that error is made, and so no phase.
        output.assert_times("P+", usize::from(place != "display"));
    });
}
