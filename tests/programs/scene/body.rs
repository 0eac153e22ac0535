//! `main` has a body of its own, which takes its time. `case=asks` has it ask for the shutdown before.

use std::convert::Infallible;
use std::time::Duration;
use std::{io, thread};

use aplomb::{Absent, App, app};

use crate::script::{option, say};

fn start(greeting: String) {
    say(greeting);
}

fn run() {
    say("R+");
}

fn stop() {
    say("P+");
}

// What the phases would lead to is none of its business.
#[app(start, run, stop, exit = "success", terminal = "restore")]
pub(crate) fn main() -> String {
    match option("case") {
        Some("asks") => aplomb::shutdown().request("the body"),
        #[cfg(unix)]
        Some("cbreak") => crate::script::terminal::cbreak(),
        _ => {}
    }
    say("B+");
    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("stdin is a pipe");
    say("B-");
    if line.trim() == "leave" {
        std::process::exit(0);
    }
    format!("S+ {}", line.trim())
}

/// With the one value of `exit` that changes what a signal leads to here.
pub(crate) mod coded {
    use super::{app, run, say, thread};

    #[app(run, exit = "code")]
    pub(crate) fn main() {
        say("B+");
        thread::park();
    }
}

/// A body that is inside a shield for ever.
pub(crate) fn held() {
    let body = || -> Result<(), Infallible> {
        let _shield = aplomb::shield("ledger");
        say("in");
        loop {
            thread::park();
        }
    };
    let app = App::body(body).phases(Absent, run, Absent);
    app.deadline(Duration::from_millis(500)).main()
}
