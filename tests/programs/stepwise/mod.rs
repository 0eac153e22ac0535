//! Carries out a script: as an app of threads, or of tasks.

mod app;
mod child;
mod embedded;
mod fault;
mod marks;
mod plain;
pub(crate) mod script;
mod tasks;
mod threads;

use std::sync::OnceLock;

use fault::{Ended, Fault};
use nix::sys::resource::{Resource, setrlimit};
use script::{Script, Step};

/// The script of this process.
fn script() -> &'static Script {
    static SCRIPT: OnceLock<Script> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let words: Vec<String> = std::env::args().skip(1).collect();
        Script::parse(&words.join(" "))
    })
}

pub(crate) fn main() {
    // Some scripts have a SIGQUIT, and nobody wants the core.
    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("a limit can be lowered");
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words[0] == "child" {
        return child::main(&words[1..]);
    }
    app::all();
}
