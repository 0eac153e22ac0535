//! What functions ask for, and how.

use aplomb_testing::Output;

use crate::programs::scene;

pub(super) fn case(name: &str) -> Output {
    let app = scene(&["parameters", &format!("case={name}")]);
    app.spawn().wait()
}

#[test]
fn row_134_functions_ask_in_another_order() {
    let output = case("order");
    let lines = ["P+ 1 [1, 2]", "dropped [1, 2]", "undone"];
    output
        .assert_code(0)
        .assert_no_stderr()
        .assert_stdout(&lines);
}

#[test]
fn row_134_run_takes_the_state() {
    let lines = ["R+ [1]", "dropped [1]", "P+ true"];
    case("taken")
        .assert_code(0)
        .assert_no_stderr()
        .assert_stdout(&lines);
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
    case("components")
        .assert_code(0)
        .assert_no_stderr()
        .assert_stdout(&lines);
}
