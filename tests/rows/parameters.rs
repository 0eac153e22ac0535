//! What functions ask for, and how.

use crate::support::{Ending, scene};

pub(super) fn case(name: &str) -> Ending {
    let app = scene(&["parameters", &format!("case={name}")]);
    app.spawn().finish()
}

#[test]
fn row_134_functions_ask_in_another_order() {
    let ending = case("order");
    let lines = ["P+ 1 [1, 2]", "dropped [1, 2]", "undone"];
    ending.exited(0).quiet().said(&lines);
}

#[test]
fn row_134_run_takes_the_state() {
    let lines = ["R+ [1]", "dropped [1]", "P+ true"];
    case("taken").exited(0).quiet().said(&lines);
}

#[test]
fn row_134_a_component_changes_its_state() {
    let lines = [
        "counter R+ [1]",
        "counter P+ 11 [1]",
        "P+ 1 [1]",
        "dropped [1]",
        "undone",
    ];
    case("components").exited(0).quiet().said(&lines);
}
