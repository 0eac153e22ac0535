//! The scenes by name.

#[cfg(unix)]
mod appender;
#[cfg(unix)]
mod as_child;
mod bare;
mod body;
#[cfg(unix)]
mod busy;
#[cfg(unix)]
mod children;
#[cfg(unix)]
mod drops;
#[cfg(unix)]
mod every;
#[cfg(unix)]
mod forked;
#[cfg(unix)]
mod guard;
#[cfg(unix)]
mod guarded;
mod in_shield;
#[cfg(target_os = "linux")]
mod late;
#[cfg(unix)]
mod masses;
#[cfg(unix)]
mod no_app;
#[cfg(unix)]
mod one_thread;
mod outcomes;
#[cfg(unix)]
mod panics;
mod parameters;
#[cfg(unix)]
mod piped;
#[cfg(unix)]
mod relay;
#[cfg(unix)]
mod reload;
#[cfg(unix)]
mod runtimes;
#[cfg(unix)]
mod storms;
#[cfg(unix)]
mod token;
#[cfg(unix)]
mod trouble;
#[cfg(unix)]
mod views;

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
        "busy" => busy::main(),
        "children" => children::main(),
        "drops" => drops::main(),
        "every" => every::main(),
        "forked" => forked::main(),
        "guard" => guard::main(),
        "guarded" => guarded::main(),
        #[cfg(target_os = "linux")]
        "late" => late::main(),
        "masses" => masses::main(),
        "no-app" => no_app::main(),
        "one-thread" => one_thread::main(),
        "panics" => panics::main(),
        "piped" => piped::main(),
        "relay" => relay::main(),
        "reload" => reload::main(),
        "runtimes" => runtimes::main(),
        "storms" => storms::main(),
        "token" => token::main(),
        "succession" => crate::script::succession::main(),
        "trouble" => trouble::main(),
        "views" => views::main(),
        other => panic!("no such scene: {other}"),
    }
}
