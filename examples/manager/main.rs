//! A manager of work: jobs come over TCP, and are done by worker processes and by a pool of threads.
//!
//! ```console
//! $ cargo run --example manager -- --port 7878
//! $ printf 'words README.md\nchecksum README.md\n' | nc -N 127.0.0.1 7878
//! ```
//!
//! What may crash is for processes: `words` is counted by a worker, which is this program, started again; it gets
//! its requests and gives its answers over pipes. What only blocks is for threads: `checksum`. Each client has one job
//! done at a time, and its answers are in the order of its lines; what cannot be done at once waits.
//!
//! Press Ctrl-C (or send SIGTERM) while there is much to do, and watch:
//!
//! - new clients are refused at once;
//! - jobs in hand are done, and answered. What was not begun is answered by `stopping`, the last line that every client
//!   gets: it may bring that job elsewhere;
//! - a job that does not end (`checksum` of a named pipe that nobody writes to) has five seconds
//!   (`--patience`), and has failed then. A thread that never returns is left behind, and ends with the
//!   process; a worker is told to end by SIGTERM, and killed after one more second (`--grace`);
//! - the workers end when there are no more requests, which is when their input ends.
//!
//! Then kill a worker with `kill -9`: its job has failed, which is what its client is told (it may have been
//! done in part, so it is not tried again), and another worker takes its place. With `--fatal` the manager
//! ends instead, with an error. Or kill the manager itself: the kernel ends the workers.
//!
//! Workers are started one after the other, each when the one before has said that it is ready. If one of them
//! does not get ready, those that did are ended, and the manager with them.

mod clients;
mod crew;
mod options;
mod patience;
mod pool;
mod queue;
mod server;
mod work;
mod worker;

use std::env;
use std::fmt::Display;
use std::io::{self, Write};

/// Two apps in one program.
fn main() {
    if env::args_os().nth(1).is_some_and(|word| word == work::WORD) {
        work::main();
    } else {
        server::main();
    }
}

/// Unlike `println!` this does not panic when nobody reads it.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
