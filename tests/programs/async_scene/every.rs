//! Functions for the signals that `signals=` has the numbers of; `case=refused` is about those that
//! cannot have one, and `case=no_shutdown` about those that can, but cannot be shutdown signals. `quiet=yes` has them
//! say nothing.

use aplomb::signal::SIGINT;
use aplomb::{Absent, App, Shutdown};

use crate::async_script::{executor, perform};
use crate::script::{number, option, say};

async fn run(shutdown: &Shutdown) {
    say("R+");
    let _ = perform("run", shutdown).await;
}

fn signals() -> impl Iterator<Item = i32> {
    option("signals").unwrap_or_default().split(',').map(number)
}

fn refused_as_shutdown_signal(number: i32) -> String {
    let of_shutdown = App::executor(executor())
        .phases(Absent, run, Absent)
        .signals(vec![SIGINT, number].leak())
        .run();
    of_shutdown.expect_err("it was refused").to_string()
}

fn called(number: i32) {
    if option("quiet").is_none() {
        say(format!("called {number}"));
    }
}

pub(crate) fn main() {
    if option("case") == Some("refused") {
        for number in signals() {
            let with_function = App::executor(executor())
                .phases(Absent, run, Absent)
                .on(number, async || ())
                .run();
            say(with_function.expect_err("it was refused").to_string());
            say(refused_as_shutdown_signal(number));
        }
        return;
    }
    if option("case") == Some("no_shutdown") {
        signals().map(refused_as_shutdown_signal).for_each(say);
        return;
    }
    let mut app = App::executor(executor()).phases(Absent, run, Absent);
    for number in signals() {
        app = app.on(number, async move || called(number));
    }
    app.main()
}
