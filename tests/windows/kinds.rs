//! What the rows share: both kinds of apps, events, ends.

use aplomb_testing::{Child, Command, ConsoleEvent, Output, STATUS_CONTROL_C_EXIT};

use crate::programs::{On, phases_on};

/// The program that sends events.
pub const CONSOLE: &str = env!("CARGO_BIN_EXE_console");

/// The lines of an app's whole life, when nothing is special.
pub const WHOLE: [&str; 6] = ["S+", "S-", "R+", "R-", "P+", "P-"];

/// The two events that the keys of a console send.
pub const KEYS: [ConsoleEvent; 2] = [ConsoleEvent::CtrlC, ConsoleEvent::CtrlBreak];

/// Tries it with an app of threads, and with one of tasks.
pub fn on_both(test: impl Fn(On)) {
    for on in [On::Threads, On::Tokio] {
        println!("{on:?}");
        test(on);
    }
}

/// Has the program of the phases carry out this script.
pub fn app(on: On, script: &[&str]) -> Command {
    phases_on(on, script)
}

/// The program with the small scenes.
pub fn scene(on: On, name: &str) -> Command {
    let program = if on.is_tasks() {
        env!("CARGO_BIN_EXE_async_scenes")
    } else {
        env!("CARGO_BIN_EXE_scenes")
    };
    Command::new(program).arg(name)
}

/// Sends an event to the app's console.
#[track_caller]
pub fn send(app: &Child, event: ConsoleEvent) {
    app.send_event(event, CONSOLE);
}

/// Types Ctrl-C.
#[track_caller]
pub fn press(app: &Child) {
    send(app, ConsoleEvent::CtrlC);
}

/// The number that the signal has which the event stands for.
pub fn number(event: ConsoleEvent) -> i32 {
    match event {
        ConsoleEvent::CtrlC => 2,
        ConsoleEvent::CtrlBreak => 15,
        ConsoleEvent::Close => 1,
    }
}

/// What a Windows program has in place of a death by a signal.
pub trait Died {
    /// Checks that a console event has ended the program.
    ///
    /// # Panics
    ///
    /// When it has another code.
    fn assert_died(&self) -> &Self;
}

impl Died for Output {
    #[track_caller]
    fn assert_died(&self) -> &Self {
        self.assert_code(STATUS_CONTROL_C_EXIT)
    }
}
