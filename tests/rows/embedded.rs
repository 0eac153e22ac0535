//! Apps inside programs that go on after them.

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use crate::support::{from_us, scene};

#[test]
fn row_73_the_dispositions_of_before_are_back() {
    for signal in [SIGTERM, SIGINT] {
        let mut program = scene(&["embedded"]).spawn();
        program.expect("R+");
        program.signal(signal);
        program.expect("alone");
        program.signal(signal);
        let status = format!("status Signal({})", signal as i32);
        let reason = format!("reason {signal} {}", from_us());
        program
            .finish()
            .died_by(signal)
            .said(&[
                "S+ false",
                "R+",
                "R-",
                "P+",
                "P-",
                &status,
                &reason,
                "dispositions as before",
                "alone",
            ])
            .quiet();
    }
}

#[test]
fn row_74_two_apps_one_after_the_other() {
    let mut program = scene(&["embedded", "twice=yes"]).spawn();
    program.expect("R+");
    program.signal(SIGTERM);
    program.expect("dispositions as before");
    program.expect("R+");
    program.signal(SIGINT);
    let ending = program.finish();
    ending
        .exited(0)
        .said(&[
            "S+ false",
            "R+",
            "R-",
            "P+",
            "P-",
            "status Signal(15)",
            &format!("reason SIGTERM {}", from_us()),
            "dispositions as before",
            "S+ false",
            "R+",
            "R-",
            "P+",
            "P-",
            "status Signal(2)",
            &format!("reason SIGINT {}", from_us()),
        ])
        .quiet();
}
