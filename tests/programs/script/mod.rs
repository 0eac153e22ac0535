//! What the phases of the test programs do is written in their arguments: `run=say:hello,wait`
//! says `hello` and waits for the request. This module carries such a script out.
//!
//! Whoever drives the program decides when it goes on: `line` blocks in a read of stdin. There
//! is no step that lets time pass by itself, but `sleep`, which is an interruption point.

mod children;
pub(crate) mod gate;
mod output;
pub(crate) mod steps;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::OnceLock;

use aplomb::{Cancelled, Shutdown};

pub(crate) use output::{complain, mark, say};
pub(crate) use steps::Failure;

/// Scripts and options by name, as `name=value` in the arguments.
static ARGUMENTS: OnceLock<HashMap<String, String>> = OnceLock::new();

fn arguments() -> &'static HashMap<String, String> {
    ARGUMENTS.get_or_init(|| {
        std::env::args()
            .filter_map(|word| {
                let (name, value) = word.split_once('=')?;
                Some((name.to_owned(), value.to_owned()))
            })
            .collect()
    })
}

pub(crate) fn option(name: &str) -> Option<&'static str> {
    arguments().get(name).map(String::as_str)
}

/// Carries out the script of that name; one that is not in the arguments is empty.
pub(crate) fn perform(name: &'static str, shutdown: &Shutdown) -> Result<ExitCode, Failure> {
    steps::all(option(name).unwrap_or_default(), shutdown)
}

/// As [`perform`], inside a function that is shielded by the attribute.
#[aplomb::shielded]
fn shielded(name: &'static str, shutdown: &Shutdown) -> Result<ExitCode, Failure> {
    perform(name, shutdown)
}

/// The words of a result, for a line.
fn words<T>(result: &Result<T, Cancelled>) -> &'static str {
    match result {
        Ok(_) => "Ok",
        Err(Cancelled { .. }) => "Err(Cancelled)",
    }
}
