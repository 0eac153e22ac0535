//! Lines from stdin, for tasks on any executor: a thread reads them. Whoever awaits one may be dropped
//! without taking a line along.

use std::io;
use std::sync::OnceLock;
use std::thread;

use smol::channel::{Receiver, unbounded};

pub(crate) async fn line() -> String {
    static LINES: OnceLock<Receiver<String>> = OnceLock::new();
    let lines = LINES.get_or_init(|| {
        let (read, lines) = unbounded();
        thread::spawn(move || {
            for line in io::stdin().lines() {
                let line = line.expect("stdin is a pipe");
                read.try_send(line).expect("the other end is static");
            }
        });
        lines
    });
    // At the end of the input there are empty ones, as for a thread.
    lines.recv().await.unwrap_or_default()
}
