//! What the phases of the test programs do is written in their arguments: `run=say:hello,wait`
//! says `hello` and waits for the request. This module carries such a script out on a thread;
//! `async_script` does it in a task, in the same words.
//!
//! Whoever drives the program decides when it goes on: `line` waits for a line on stdin. There
//! is no step that lets time pass by itself, but `sleep`, which is an interruption point.

#[allow(dead_code, reason = "the program of the phases has no use for it")]
pub(crate) mod appender;
#[allow(dead_code, reason = "the program of the phases has no use for it")]
pub(crate) mod bomb;
#[cfg(unix)]
mod children;
mod failure;
#[cfg(unix)]
mod foreign;
#[cfg(unix)]
#[allow(dead_code, reason = "the program of the phases has no use for it")]
pub(crate) mod forked;
#[cfg(target_os = "linux")]
mod forks;
pub(crate) mod gate;
#[cfg(unix)]
pub(crate) mod handlers;
mod limited;
mod output;
pub(crate) mod plain;
#[cfg(unix)]
pub(crate) mod service;
mod steps;
#[cfg(unix)]
mod stuck;
#[cfg(unix)]
#[allow(dead_code, reason = "the program of the phases has no use for it")]
pub(crate) mod succession;
pub(crate) mod supervised;
#[cfg(unix)]
pub(crate) mod terminal;
#[cfg(unix)]
#[allow(dead_code, reason = "the program of the phases has no use for it")]
pub(crate) mod trouble;
pub(crate) mod truth;
#[cfg(unix)]
mod unix;
pub(crate) mod waiting;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

use aplomb::{Cancelled, Shutdown};

pub(crate) use failure::Failure;
pub(crate) use output::{complain, mark, say};

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

/// `verb:object`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) verb: &'static str,
    pub(crate) object: &'static str,
}

/// How long it takes to write one line of an entry, and the pause after it.
pub(crate) const HALF: Duration = Duration::from_millis(150);

pub(crate) type Steps = std::vec::IntoIter<Step>;

/// The script of that name; one that is not in the arguments is empty.
pub(crate) fn script(name: &str) -> Steps {
    let script = option(name).unwrap_or_default();
    let steps = script.split(',').filter(|step| !step.is_empty());
    let steps = steps.map(|step| {
        let (verb, object) = step.split_once(':').unwrap_or((step, ""));
        Step { verb, object }
    });
    steps.collect::<Vec<_>>().into_iter()
}

/// Carries out the script of that name.
pub(crate) fn perform(name: &'static str, shutdown: &Shutdown) -> Result<ExitCode, Failure> {
    steps::all(script(name), shutdown)
}

/// As [`perform`], inside a function that is shielded by the attribute.
#[aplomb::shielded]
fn shielded(name: &'static str, shutdown: &Shutdown) -> Result<ExitCode, Failure> {
    perform(name, shutdown)
}

/// # Panics
/// When it is none.
pub(crate) fn number<T: std::str::FromStr>(object: &str) -> T {
    object
        .parse()
        .unwrap_or_else(|_| panic!("{object:?} is to be a number"))
}

/// The words of a result, for a line.
pub(crate) fn words<T>(result: &Result<T, Cancelled>) -> &'static str {
    match result {
        Ok(_) => "Ok",
        Err(Cancelled { .. }) => "Err(Cancelled)",
    }
}
