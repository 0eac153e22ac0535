//! Both kinds of apps.

use aplomb_testing::Command;

use crate::programs::{On, phases_on};

/// Tries it with an app of threads, and with one of tasks.
pub fn on_both(test: impl Fn(On)) {
    for on in [On::Threads, On::Tokio] {
        println!("{on:?}");
        test(on);
    }
}

/// Has the program of the phases carry out this script.
pub fn app(on: On, script: &[&str]) -> Command {
    phases_on(on, script)
}
