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
#[app(start, run, stop, exit = "success")]
pub(crate) async fn main() -> String {
    if option("case") == Some("asks") {
        aplomb::shutdown().request("the body");
    }
    say("B+");
    let line = line().await;
    say("B-");
    if line == "leave" {
        std::process::exit(0);
    }
    format!("S+ {line}")
}
