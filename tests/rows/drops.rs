//! Values that panic when they are dropped, and errors that panic when they are looked at: the app goes on to its end.

use crate::ON;
use crate::support::{Ending, scene};

fn case(name: &str) -> Ending {
    scene(&["drops", &format!("case={name}")]).spawn().finish()
}

/// What a function that is not called has captured is dropped, each value on its own: two panics at once would abort.
#[test]
fn row_132_what_functions_have_captured() {
    let all = ["drops run", "drops stop", "drops usr1", "drops usr2"];
    let cases = [
        ("body-fails", vec!["drops start"], &all[..], vec!["bye"]),
        ("start-fails", vec!["undone"], &all, vec!["bye"]),
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
        case(name).exited(101).said(&lines);
    }
}

#[test]
fn row_132_errors_that_panic_twice() {
    let ended = ["R+", "P+", "undone", "bye"];
    case("errors").exited(101).in_order(&ended);
    case("error-of-start")
        .exited(101)
        .in_order(&["undone", "bye"]);
    case("error-of-a-step").exited(101).said(&ended);
}

/// Components that have started are stopped, whatever those have captured that have not.
#[test]
fn row_132_what_components_have_captured() {
    for name in ["component-fails", "component-requests"] {
        let ending = case(name);
        ending.exited(101).once("first stops").once("bye");
        for function in ["start", "run", "stop"] {
            ending.once(&format!("drops {function}"));
        }
    }
}

#[test]
fn row_132_the_result_of_a_shielded_task() {
    if ON.is_tasks() {
        let ending = case("result-of-a-shielded-task");
        ending
            .exited(101)
            .once("drops result")
            .in_order(&["R+", "P+", "bye"]);
    }
}
