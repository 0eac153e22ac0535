//! `main` has a body of its own, which takes its time. `case=asks` has it ask for the shutdown before.

use aplomb::app;

use crate::async_script::input::line;
use crate::script::{option, say};

async fn start(greeting: String) {
    say(greeting);
}

async fn run() {
    say("R+");
}

async fn stop() {
    say("P+");
}

// What the phases would lead to is none of its business.
#[app(start, run, stop, exit = "success", terminal = "restore")]
pub(crate) async fn main() -> String {
    match option("case") {
        Some("asks") => aplomb::shutdown().request("the body"),
        #[cfg(unix)]
        Some("cbreak") => crate::script::terminal::cbreak(),
        _ => {}
    }
    say("B+");
    let line = line().await;
    say("B-");
    if line == "leave" {
        std::process::exit(0);
    }
    format!("S+ {line}")
}

/// With the one value of `exit` that changes what a signal leads to here.
pub(crate) mod coded {
    use super::{app, run, say};

    #[app(run, exit = "code")]
    pub(crate) async fn main() {
        say("B+");
        std::future::pending::<()>().await;
    }
}
