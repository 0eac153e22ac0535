//! Children by `aplomb::process`. The option of a child's name says what it is: words for how it is started, then `|`,
//! then the text of a shell: `a=tell grace:300 | trap '' TERM; echo deaf; read line`. On Windows the text is the
//! arguments of the program of the phases.

use std::collections::HashMap;
use std::io;
use std::process::{Command, ExitStatus};
use std::sync::Mutex;
use std::time::Duration;

use aplomb::Cancelled;
use aplomb::process::{
    Child, ChildHandle, NotReady, OnShutdown, SpawnOptions, StopSignal, wait_any_timeout,
};
use aplomb::signal::{SIGUSR1, SIGWINCH};

use super::{complain, number, option, say};

static CHILDREN: Mutex<Option<HashMap<&'static str, ChildHandle>>> = Mutex::new(None);

pub(crate) fn child(name: &str) -> ChildHandle {
    let children = CHILDREN.lock().expect("no holder panics");
    let child = children.as_ref().and_then(|children| children.get(name));
    child.expect("it was started").clone()
}

/// The children of these names, with `/` between them, and a time behind the last one, in milliseconds, if that is a
/// number.
pub(crate) fn several(object: &'static str) -> (Vec<&'static str>, Duration) {
    let mut names: Vec<_> = object.split('/').collect();
    let time = names.last().and_then(|last| last.parse().ok());
    if time.is_some() {
        names.pop();
    }
    (names, time.map_or(Duration::MAX, Duration::from_millis))
}

/// How the child of that name is started, and what it is.
pub(crate) fn described(name: &'static str) -> (SpawnOptions, Command) {
    let (words, text) = option(name)
        .and_then(|described| described.split_once('|'))
        .expect("its option says what it is");
    let options = words
        .split_whitespace()
        .fold(SpawnOptions::new().name(name), |options, word| {
            match word.split_once(':').unwrap_or((word, "")) {
                ("tell", _) => options.on_shutdown(OnShutdown::AtCancel),
                ("tell-at-once", _) => options.on_shutdown(OnShutdown::AtRequest),
                ("end-of-input", _) => options.stop_signal(StopSignal::EndOfInput),
                ("usr1", _) => options.stop_signal(StopSignal::Signal(SIGUSR1)),
                ("grace", time) => options.grace(Duration::from_millis(number(time))),
                ("essential", _) => options.essential(),
                ("foreground", _) => options.foreground(),
                ("outlives", _) => options.outlives_us(),
                ("ready", time) => options.ready_within(Duration::from_millis(number(time))),
                _ => panic!("no such word: {word}"),
            }
        });
    let mut command = shell(text.trim());
    if let Some(program) = option(&format!("program-of-{name}")) {
        command = Command::new(program);
    }
    (options, command)
}

#[cfg(unix)]
fn shell(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", text]);
    command
}

/// There is no shell on each Windows. The child is this program once more, and the text is its arguments.
#[cfg(windows)]
fn shell(text: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command.args(text.split_whitespace());
    command
}

/// Carries out a step that waits for nothing. Whether it is one.
pub(super) fn one(verb: &str, name: &'static str) -> bool {
    match verb {
        "child" => {
            let (options, command) = described(name);
            started(name, options.spawn(command));
        }
        "say-ready" => aplomb::process::ready(),
        "tell" => child(name).terminate(),
        "kill" => child(name).kill(),
        "winch" => match child(name).signal(SIGWINCH) {
            Ok(sent) => say(format!("{name} got it: {sent}")),
            Err(error) => say(format!("{name} got it not: {:?}", error.kind())),
        },
        "try-wait" => match child(name).try_wait() {
            Ok(None) => say(format!("{name} lives")),
            Ok(Some(status)) => say(format!("{name} {status}")),
            Err(error) => complain(error.to_string()),
        },
        "forget" => {
            let mut children = CHILDREN.lock().expect("no holder panics");
            drop(children.as_mut().and_then(|children| children.remove(name)));
        }
        // Not by `aplomb::process`.
        "foreign" => {
            let (_, mut command) = described(name);
            let status = command.status();
            say(format!("{name} {}", status.expect("nobody else reaps it")));
        }
        _ => return false,
    }
    true
}

/// What came of starting it.
pub(crate) fn started(name: &'static str, result: io::Result<Child>) {
    match result {
        Ok(child) => {
            say(format!("{name} pid {}", child.id()));
            let mut children = CHILDREN.lock().expect("no holder panics");
            children
                .get_or_insert_default()
                .insert(name, child.handle());
        }
        Err(error) => {
            let held = error
                .get_ref()
                .and_then(|held| held.downcast_ref::<NotReady>());
            let status = held.and_then(NotReady::status);
            let kind = error.kind();
            let held = status.map_or(String::new(), |status| format!(" [{status}] ({kind:?})"));
            say(format!("{name} failed: {error}{held}"));
        }
    }
}

/// Waits for one of several in a thread.
pub(super) fn wait_any(object: &'static str) {
    let (names, time) = several(object);
    let children: Vec<_> = names.iter().map(|name| child(name)).collect();
    let ended = wait_any_timeout(&children, time).expect("poll works");
    match ended {
        Ok(Some(position)) => say(format!("first {}", names[position])),
        Ok(None) => say("first none"),
        Err(Cancelled { .. }) => say("first Err(Cancelled)"),
    }
}

/// What came of waiting for it.
pub(crate) fn waited(name: &str, result: io::Result<Result<ExitStatus, Cancelled>>) {
    match result {
        Ok(Ok(status)) => say(format!("{name} {status}")),
        Ok(Err(Cancelled { .. })) => say(format!("{name} Err(Cancelled)")),
        Err(error) => say(format!("{name} failed: {error}")),
    }
}

/// What came of waiting for it for a time.
pub(crate) fn waited_within(name: &str, result: io::Result<Result<Option<ExitStatus>, Cancelled>>) {
    match result.map(Result::transpose) {
        Ok(Some(result)) => waited(name, Ok(result)),
        Ok(None) => say(format!("{name} not yet")),
        Err(error) => waited(name, Err(error)),
    }
}
