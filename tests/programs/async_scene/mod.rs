//! The scenes by name.

#[cfg(target_os = "linux")]
mod appender;
#[cfg(target_os = "linux")]
mod as_child;
mod bare;
mod body;
#[cfg(target_os = "linux")]
mod busy;
#[cfg(target_os = "linux")]
mod children;
#[cfg(target_os = "linux")]
mod drops;
#[cfg(target_os = "linux")]
mod every;
#[cfg(target_os = "linux")]
mod forked;
#[cfg(target_os = "linux")]
mod guard;
#[cfg(target_os = "linux")]
mod guarded;
mod in_shield;
#[cfg(target_os = "linux")]
mod late;
#[cfg(target_os = "linux")]
mod masses;
#[cfg(target_os = "linux")]
mod no_app;
#[cfg(target_os = "linux")]
mod one_thread;
mod outcomes;
#[cfg(target_os = "linux")]
mod panics;
mod parameters;
#[cfg(target_os = "linux")]
mod relay;
#[cfg(target_os = "linux")]
mod reload;
#[cfg(target_os = "linux")]
mod runtimes;
#[cfg(target_os = "linux")]
mod storms;
#[cfg(target_os = "linux")]
mod token;
#[cfg(target_os = "linux")]
mod trouble;
#[cfg(target_os = "linux")]
mod views;

pub(crate) fn main() {
    let name = std::env::args().nth(1);
    let name = name.expect("the first argument is the name of a scene");
    #[cfg(target_os = "linux")]
    if name == "as-child" {
        return as_child::main();
    }
    #[cfg(target_os = "linux")]
    without_core();
    match name.as_str() {
        "bare" => bare::main(),
        "body" => body::main(),
        "body-with-code" => body::coded::main(),
        "in-shield" => in_shield::main(),
        "outcomes" => outcomes::main(),
        "parameters" => parameters::main(),
        #[cfg(target_os = "linux")]
        _ => on_linux(&name),
        #[cfg(not(target_os = "linux"))]
        _ => panic!("no such scene: {name}"),
    }
}

/// Where a row is about SIGQUIT, nobody wants the core.
#[cfg(target_os = "linux")]
fn without_core() {
    use nix::sys::resource::{Resource, setrlimit};

    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("a limit can be lowered");
}

/// The scenes that are about Linux, or that look into `/proc`.
#[cfg(target_os = "linux")]
fn on_linux(name: &str) {
    match name {
        "appender" => appender::main(),
        "busy" => busy::main(),
        "children" => children::main(),
        "drops" => drops::main(),
        "every" => every::main(),
        "forked" => forked::main(),
        "guard" => guard::main(),
        "guarded" => guarded::main(),
        "late" => late::main(),
        "masses" => masses::main(),
        "no-app" => no_app::main(),
        "one-thread" => one_thread::main(),
        "panics" => panics::main(),
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
