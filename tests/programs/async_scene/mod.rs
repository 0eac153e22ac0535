//! The scenes by name.

mod appender;
mod as_child;
mod bare;
mod body;
mod busy;
mod children;
mod drops;
mod every;
mod forked;
mod guard;
mod guarded;
mod in_shield;
mod late;
mod masses;
mod no_app;
mod one_thread;
mod outcomes;
mod panics;
mod parameters;
mod relay;
mod reload;
mod runtimes;
mod storms;
mod token;
mod trouble;
mod views;

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
        Some("busy") => busy::main(),
        Some("children") => children::main(),
        Some("drops") => drops::main(),
        Some("every") => every::main(),
        Some("forked") => forked::main(),
        Some("guard") => guard::main(),
        Some("guarded") => guarded::main(),
        Some("in-shield") => in_shield::main(),
        Some("late") => late::main(),
        Some("masses") => masses::main(),
        Some("no-app") => no_app::main(),
        Some("one-thread") => one_thread::main(),
        Some("outcomes") => outcomes::main(),
        Some("panics") => panics::main(),
        Some("parameters") => parameters::main(),
        Some("relay") => relay::main(),
        Some("reload") => reload::main(),
        Some("runtimes") => runtimes::main(),
        Some("storms") => storms::main(),
        Some("token") => token::main(),
        Some("succession") => crate::script::succession::main(),
        Some("trouble") => trouble::main(),
        Some("views") => views::main(),
        other => panic!("no such scene: {other:?}"),
    }
}
