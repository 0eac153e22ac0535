//! Apps inside programs that go on after them.

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::start_stop::WHOLE;
use crate::support::{from_us, phases};

#[test]
fn row_73_the_dispositions_of_before_are_back() {
    for signal in [SIGTERM, SIGINT] {
        let mut program = phases(&["run=wait", "embedded=once"]).spawn();
        program.expect("R+");
        program.signal(signal);
        program.expect("alone");
        program.signal(signal);
        let status = format!("status Signal({})", signal as i32);
        let reason = format!("reason {signal} {}", from_us());
        let after = [&status, &reason, "dispositions as before", "alone"];
        let ending = program.finish();
        ending.died_by(signal).quiet();
        ending.said(&[&WHOLE[..], &after[..]].concat());
    }
}

#[test]
fn row_74_two_apps_one_after_the_other() {
    let mut program = phases(&["run=wait", "embedded=twice"]).spawn();
    program.expect("R+");
    program.signal(SIGTERM);
    program.expect("dispositions as before");
    program.expect("R+");
    program.signal(SIGINT);
    let ending = program.finish();
    let first = format!("reason SIGTERM {}", from_us());
    let second = format!("reason SIGINT {}", from_us());
    let first = ["status Signal(15)", &first, "dispositions as before"];
    let second = ["status Signal(2)", &second];
    ending.exited(0).quiet();
    ending.said(&[&WHOLE[..], &first[..], &WHOLE[..], &second[..]].concat());
}
