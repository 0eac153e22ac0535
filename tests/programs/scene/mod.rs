//! The scenes by name.

#[cfg(unix)]
mod appender;
#[cfg(unix)]
mod as_child;
mod bare;
mod body;
#[cfg(unix)]
mod children;
#[cfg(unix)]
mod drops;
#[cfg(target_os = "linux")]
mod errno;
#[cfg(unix)]
mod every;
#[cfg(unix)]
mod forked;
mod in_shield;
#[cfg(target_os = "linux")]
mod late;
#[cfg(unix)]
mod no_app;
mod outcomes;
#[cfg(unix)]
mod panics;
mod parameters;
#[cfg(unix)]
mod relay;
#[cfg(unix)]
mod reload;
#[cfg(unix)]
mod storm;
#[cfg(unix)]
mod storms;
#[cfg(unix)]
mod threads;
#[cfg(unix)]
mod trouble;
#[cfg(unix)]
mod ways_out;

pub(crate) fn main() {
    let name = std::env::args().nth(1);
    let name = name.expect("the first argument is the name of a scene");
    #[cfg(unix)]
    if name == "as-child" {
        return as_child::main();
    }
    #[cfg(unix)]
    without_core();
    match name.as_str() {
        "bare" => bare::main(),
        "body" => body::main(),
        "body-with-code" => body::coded::main(),
        "held-body" => body::held(),
        "in-shield" => in_shield::main(),
        "outcomes" => outcomes::main(),
        "parameters" => parameters::main(),
        #[cfg(unix)]
        _ => on_unix(&name),
        #[cfg(not(unix))]
        _ => panic!("no such scene: {name}"),
    }
}

/// Where a row is about SIGQUIT, nobody wants the core.
#[cfg(unix)]
fn without_core() {
    use nix::sys::resource::{Resource, setrlimit};

    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("a limit can be lowered");
}

/// The scenes that need signals, forks, or the modes of a terminal.
#[cfg(unix)]
fn on_unix(name: &str) {
    match name {
        "appender" => appender::main(),
        "children" => children::main(),
        "drops" => drops::main(),
        #[cfg(target_os = "linux")]
        "errno" => errno::main(),
        "every" => every::main(),
        "forked" => forked::main(),
        #[cfg(target_os = "linux")]
        "late" => late::main(),
        "no-app" => no_app::main(),
        "panics" => panics::main(),
        "relay" => relay::main(),
        "reload" => reload::main(),
        "storm" => storm::main(),
        "storms" => storms::main(),
        "threads" => threads::main(),
        "succession" => crate::script::succession::main(),
        "trouble" => trouble::main(),
        "ways-out" => ways_out::main(),
        other => panic!("no such scene: {other}"),
    }
}
