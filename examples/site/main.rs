//! Builds a small site from Markdown, serves it, and builds it again whenever a page has changed.
//!
//! ```console
//! $ cargo run --example site
//! ```
//!
//! builds the pages in `examples/site/content` and says where they are served. Change one, and look
//! again. Each build runs a tool, `gzip`, on its pages; the server is a child process, this program
//! once more. Press Ctrl-C, once or ten times, at any moment, and watch:
//!
//! - a build that has begun comes to its end, with its tool, which the Ctrl-C does not reach;
//! - the pause before a build is cut at once;
//! - the server answers what it has begun to answer, and ends; its port is free;
//! - no process is left, and the site in the output folder is whole: all of one build. It is at any
//!   moment, also if you use `kill -9`: then the kernel ends the server and the tool.
//!
//! Then try what goes wrong:
//!
//! - kill the server: the app cannot do without it, ends, and says so; the status is 1;
//! - `--tool false`, `--tool nonsense`, `--port 1` (not as root), `--server false`: the start fails, what
//!   it has done is undone, and the status is 1;
//! - `--tool 'sleep 1000'`, and Ctrl-C: past the deadline of ten seconds the tool is killed. Nothing
//!   was published, and the status is 124;
//! - `--server 'sh deaf.sh'`, with a script that says `serving on 127.0.0.1:80` and hears nothing: it is killed after
//!   five seconds; the status is 1.

mod build;
mod changes;
mod options;
mod output;
mod page;
mod serve;
mod server;
mod site;

use std::env;
use std::fmt::Display;
use std::io::{self, Write};

/// There are two apps in this program. `site serve …` is the server, and the other app starts it.
fn main() {
    if env::args_os().nth(1).is_some_and(|word| word == "serve") {
        serve::main();
    } else {
        site::main();
    }
}

/// Prints a line. Unlike `println!` this does not panic when nobody reads it.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a line on standard error, in one write. Unlike `eprintln!` this does not panic when nobody reads it.
fn complain(line: impl Display) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
