//! A server with one process for each client: a small `inetd`, as tcpserver and socat are.
//!
//! ```console
//! $ cargo run --example forkd -- --port 7979
//! $ printf 'b\nc\na\n' | nc -N 127.0.0.1 7979
//! ```
//!
//! For each client it starts itself again, with the connection as standard input and output. This helper sorts
//! the lines that the client sends, and ends with a status that says what has become of it. To be served by
//! something else, name that: `forkd -- tr a-z A-Z`.
//!
//! Eight clients are served at once (`--clients`); more wait until it is their turn, and are hung up on when
//! the server stops before. Press Ctrl-C (or send SIGTERM) while clients are in the middle of their lines, and watch:
//!
//! - new clients are refused at once;
//! - all helpers are told to end, by SIGTERM. One that has begun to read lines ends when it has sent its whole answer,
//!   since it is an app, too, and answers in a shield; one whose client has said nothing yet ends at once;
//! - one that does not end (`forkd -- sh -c 'trap "" TERM; while :; do sleep 1; done'`) is killed after five seconds
//!   (`--grace`), and all that it has started with it;
//! - how each has ended is said when it does, and how many in which way at the end;
//! - the server can be started again on the same port at once.
//!
//! The Ctrl-C itself reaches no helper: each is in a process group of its own. Kill the server with `kill -9`, and the
//! kernel ends the helpers.

mod clients;
mod helper;
mod options;
mod places;
mod server;

use std::env;
use std::fmt::Display;
use std::io::{self, Write};

/// Two apps in one program.
fn main() {
    if env::args_os()
        .nth(1)
        .is_some_and(|word| word == helper::WORD)
    {
        helper::main();
    } else {
        server::main();
    }
}

/// Unlike `println!` this does not panic when nobody reads it.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
