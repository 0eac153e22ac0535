//! The programs of this folder, as commands.

mod on;

use aplomb_testing::Command;
#[cfg(unix)]
use aplomb_testing::{Capability, Signal, SignalField, SignalSet};

pub use on::On;

use crate::ON;

/// The program whose phases do what its arguments say (`phases.rs`), as an app of what these rows are about.
pub fn phases(script: &[&str]) -> Command {
    phases_on(ON, script)
}

/// The program whose phases do what its arguments say, as an app of threads or of tasks on that executor.
pub fn phases_on(on: On, script: &[&str]) -> Command {
    Command::new(env!("CARGO_BIN_EXE_phases"))
        .args(on.word())
        .args(script)
}

/// What starts [`phases`] as a line of a shell. Such a program is not the test's child.
pub fn phases_line(script: &[&str]) -> String {
    let words = ON.word().into_iter().chain(script.iter().copied());
    let words = [env!("CARGO_BIN_EXE_phases")].into_iter().chain(words);
    let quoted = words.map(|word| format!("'{word}'"));
    quoted.collect::<Vec<_>>().join(" ")
}

/// One of the small programs that are about one thing each: of threads (`scenes.rs`), or of tasks (`async_scenes.rs`).
pub fn scene(words: &[&str]) -> Command {
    let program = match ON {
        On::Threads => env!("CARGO_BIN_EXE_scenes"),
        _ => env!("CARGO_BIN_EXE_async_scenes"),
    };
    Command::new(program).args(words)
}

/// Checks that a program which is started so has this signal blocked or ignored, so that what a test asks for is really
/// there. Only Linux tells.
///
/// # Panics
///
/// When it has not.
#[cfg(unix)]
#[track_caller]
pub fn assert_inherited(
    signal: Signal,
    field: SignalField,
    start: impl FnOnce(Command) -> Command,
) {
    if Capability::Linux.is_available() {
        let signals = inherited_signals(field, start);
        assert!(
            signals.contains(signal),
            "it was to be started so: {signals:?}"
        );
    }
}

/// What a program inherits on Linux that is started so.
#[cfg(unix)]
pub fn inherited_signals(field: SignalField, start: impl FnOnce(Command) -> Command) -> SignalSet {
    let output = start(Command::new("cat").arg("/proc/self/status"))
        .spawn()
        .wait();
    output.assert_code(0);
    SignalSet::from_status(&output.stdout().join("\n"), field)
}
