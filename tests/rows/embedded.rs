//! Apps inside programs that go on after them.

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::start_stop::WHOLE;
use crate::programs::phases;
use crate::support::from_us;

#[test]
fn row_73_the_dispositions_of_before_are_back() {
    for signal in [SIGTERM, SIGINT] {
        let mut program = phases(&["run=wait", "embedded=once"]).spawn();
        program.expect("R+");
        program.send_signal(signal);
        program.expect("alone");
        program.send_signal(signal);
        let status = format!("status Signal({})", signal as i32);
        let reason = format!("reason {signal} {}", from_us());
        let after = [&status, &reason, "dispositions as before", "alone"];
        let output = program.wait();
        output.assert_signal(signal).assert_no_stderr();
        output.assert_stdout(&[&WHOLE[..], &after[..]].concat());
    }
}

#[test]
fn row_74_two_apps_one_after_the_other() {
    let mut program = phases(&["run=wait", "embedded=twice"]).spawn();
    program.expect("R+");
    program.send_signal(SIGTERM);
    program.expect("dispositions as before");
    program.expect("R+");
    program.send_signal(SIGINT);
    let output = program.wait();
    let first = format!("reason SIGTERM {}", from_us());
    let second = format!("reason SIGINT {}", from_us());
    let first = ["status Signal(15)", &first, "dispositions as before"];
    let second = ["status Signal(2)", &second];
    output.assert_code(0).assert_no_stderr();
    output.assert_stdout(&[&WHOLE[..], &first[..], &WHOLE[..], &second[..]].concat());
}
