//! The scenes by name.

mod appender;
mod as_child;
mod bare;
mod body;
mod children;
mod drops;
mod errno;
mod every;
mod forked;
mod in_shield;
mod late;
mod no_app;
mod outcomes;
mod panics;
mod parameters;
mod relay;
mod reload;
mod storm;
mod storms;
mod threads;
mod trouble;
mod ways_out;

use nix::sys::resource::{Resource, setrlimit};

pub(crate) fn main() {
    let name = std::env::args().nth(1);
    if name.as_deref() == Some("as-child") {
        return as_child::main();
    }
    // Where a row is about SIGQUIT, nobody wants the core.
    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("a limit can be lowered");
    match name.as_deref() {
        Some("appender") => appender::main(),
        Some("bare") => bare::main(),
        Some("body") => body::main(),
        Some("body-with-code") => body::coded::main(),
        Some("children") => children::main(),
        Some("drops") => drops::main(),
        Some("errno") => errno::main(),
        Some("every") => every::main(),
        Some("held-body") => body::held(),
        Some("forked") => forked::main(),
        Some("in-shield") => in_shield::main(),
        Some("late") => late::main(),
        Some("no-app") => no_app::main(),
        Some("outcomes") => outcomes::main(),
        Some("panics") => panics::main(),
        Some("parameters") => parameters::main(),
        Some("relay") => relay::main(),
        Some("reload") => reload::main(),
        Some("storm") => storm::main(),
        Some("storms") => storms::main(),
        Some("threads") => threads::main(),
        Some("succession") => crate::script::succession::main(),
        Some("trouble") => trouble::main(),
        Some("ways-out") => ways_out::main(),
        other => panic!("no such scene: {other:?}"),
    }
}
