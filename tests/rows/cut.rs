//! Regions that borrow, and what may drop them.

use aplomb_testing::Signal::SIGTERM;

use crate::programs::phases;

/// Foreign code drops one half-way: that is said, and is a panic in a debug build.
#[test]
fn an_inline_shield_is_cut_by_foreign_code() {
    let mut app = phases(&["run=cut-by-select:f", "f=say:half,open:lose,line,say:whole"]).spawn();
    app.expect("half");
    let line = app.expect_stderr(&["shield `inline`", "was cut", "async_script/mod.rs:"]);
    assert!(line.contains("select!"), "no advice in {line:?}");
    app.wait()
        .assert_code(101)
        .assert_in_order(&["half", "P+", "P-"])
        .assert_never("whole");
}

/// What is ours does not: `run_until_cancelled` drops its future when the region is over.
#[test]
fn run_until_waits_for_an_inline_shield() {
    for call in ["call:f", "shield:s,say:in,line,say:whole,unshield"] {
        let future = format!("future={call},hang");
        let mut app = phases(&[
            "run=until:future,checkpoint",
            &future,
            "f=say:in,line,say:whole",
            "start=thread:asker",
            "asker=accepted",
        ])
        .spawn();
        app.expect("in");
        app.send_signal(SIGTERM);
        app.expect("accepted");
        app.assert_running_without("R-");
        app.send_line("go");
        app.wait()
            .assert_signal(SIGTERM)
            .assert_in_order(&[
                "in",
                "accepted",
                "whole",
                "future Err(Cancelled)",
                "checkpoint Err(Cancelled)",
                "R-",
                "P+",
            ])
            .assert_no_stderr();
    }
}

/// A future that ends with its region has a value, which is not lost.
#[test]
fn run_until_returns_what_was_computed() {
    let mut app = phases(&[
        "run=until:future,checkpoint",
        "future=call:f",
        "f=say:in,truth,say:whole",
    ])
    .spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&[
            "in",
            "whole",
            "f Ok",
            "future Ok",
            "checkpoint Err(Cancelled)",
            "R-",
        ])
        .assert_no_stderr();
}

#[test]
fn run_until_drops_what_waits() {
    let mut app = phases(&["run=say:in,until:future,checkpoint", "future=hang"]).spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&[
            "in",
            "future Err(Cancelled)",
            "checkpoint Err(Cancelled)",
            "R-",
        ])
        .assert_no_stderr();
}
