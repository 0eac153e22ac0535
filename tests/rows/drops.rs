//! Values that panic when they are dropped, and errors that panic when they are looked at: the app goes on to its end.

use aplomb_testing::Output;

use crate::ON;
use crate::programs::scene;

fn case(name: &str) -> Output {
    scene(&["drops", &format!("case={name}")]).spawn().wait()
}

/// What a function that is not called has captured is dropped, each value on its own: two panics at once would abort.
#[test]
fn row_132_what_functions_have_captured() {
    let all = ["drops run", "drops stop", "drops usr1", "drops usr2"];
    let cases = [
        ("body-fails", vec!["drops start"], &all[..], vec!["bye"]),
        ("start-fails", vec![], &all, vec!["undone", "bye"]),
        (
            "start-requests",
            vec![],
            &["drops run", "drops usr1", "drops usr2"],
            vec!["P+", "undone", "bye"],
        ),
        (
            "all-is-well",
            vec!["R+"],
            &["drops usr1", "drops usr2"],
            vec!["P+", "undone", "bye"],
        ),
    ];
    for (name, before, dropped, after) in cases {
        let lines = [&before[..], dropped, &after].concat();
        case(name).assert_code(101).assert_stdout(&lines);
    }
}

#[test]
fn row_132_errors_that_panic_twice() {
    let ended = ["R+", "P+", "undone", "bye"];
    case("errors").assert_code(101).assert_in_order(&ended);
    case("error-of-start")
        .assert_code(101)
        .assert_in_order(&["undone", "bye"]);
    case("error-of-a-step")
        .assert_code(101)
        .assert_stdout(&ended);
}

/// Components that have started are stopped, whatever those have captured that have not.
#[test]
fn row_132_what_components_have_captured() {
    for name in ["component-fails", "component-requests"] {
        let output = case(name);
        output
            .assert_code(101)
            .assert_once("first stops")
            .assert_once("bye");
        for function in ["start", "run", "stop"] {
            output.assert_once(&format!("drops {function}"));
        }
    }
}

#[test]
fn row_132_the_result_of_a_shielded_task() {
    if ON.is_tasks() {
        let output = case("result-of-a-shielded-task");
        output
            .assert_code(101)
            .assert_once("drops result")
            .assert_in_order(&["R+", "P+", "bye"]);
    }
}
