//! What stands in for the tool and the server: shell scripts that do it as a test wants it.
//!
//! They are read by `sh` and not executed: a file that another thread has just written cannot be executed
//! while a child of that moment still has it open.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::examples::program::{make_fifo, open_both_ends, text};

/// Where a script waits until the test lets it go on.
pub struct Gate {
    path: PathBuf,
    /// Both ends, so that nobody waits for the other to open it.
    pipe: File,
}

impl Gate {
    pub fn new(path: PathBuf) -> Gate {
        make_fifo(&path);
        let pipe = open_both_ends(&path);
        Gate { path, pipe }
    }

    /// Lets one go on, whether it is there already or not.
    pub fn open(&self) {
        (&self.pipe).write_all(b"go\n").unwrap();
    }

    /// The command of a script that waits here, in the shell itself.
    fn wait(&self) -> String {
        format!("read -r go < '{}'", text(&self.path))
    }
}

/// Writes a script, and returns the command line that runs it.
fn script(path: &Path, lines: &[&str]) -> String {
    fs::write(path, lines.join("\n") + "\n").unwrap();
    format!("sh {}", text(path))
}

/// `gzip`, which says when it begins, and then waits at the gate.
pub fn slow_tool(folder: &Path, gate: &Gate) -> String {
    // Its terminal may be gone by then, which is no reason to fail.
    let work = "gzip -9 -n -k \"$@\"; status=$?; echo tool ends; exit $status";
    let lines = ["echo tool begins", &gate.wait(), work];
    script(&folder.join("slow-tool.sh"), &lines)
}

/// `gzip`, unless a page is wrong.
pub fn strict_tool(folder: &Path) -> String {
    let lines = [
        "! grep -l WRONG \"$@\" || exit 3",
        "exec gzip -9 -n -k \"$@\"",
    ];
    script(&folder.join("strict-tool.sh"), &lines)
}

/// A server that does what these lines say.
pub fn server(folder: &Path, lines: &[&str]) -> String {
    script(&folder.join("server.sh"), lines)
}

/// What a server says that is ready; nobody listens there.
pub const READY: &str = "echo serving on 127.0.0.1:0";

/// A server that hears of its end, says so, and then waits at the gate.
pub fn lingering_server(folder: &Path, gate: &Gate) -> String {
    let lines = [
        READY,
        "while read -r line; do :; done",
        "echo server ends",
        &gate.wait(),
    ];
    server(folder, &lines)
}

const DEAF: &str = "trap '' HUP INT TERM";
const SLEEP: &str = "exec sleep 1000";

/// A server that hears nothing, of whatever it is told.
pub fn stubborn_server(folder: &Path) -> String {
    let lines = [DEAF, READY, SLEEP];
    server(folder, &lines)
}

/// What a server says on its standard error that is not ready.
pub const NOT_READY: &str = "server begins";

/// A server that waits at the gate before it is ready.
pub fn slow_server(folder: &Path, gate: &Gate) -> String {
    let lines = [
        &format!("echo {NOT_READY} >&2"),
        &gate.wait(),
        READY,
        "while read -r line; do :; done",
    ];
    server(folder, &lines)
}

/// A server that ends when the gate is opened, with this status.
pub fn short_server(folder: &Path, gate: &Gate, status: &str) -> String {
    let end = format!("exit {status}");
    server(folder, &[READY, &gate.wait(), &end])
}

/// A server that is never ready, but ends with its input.
pub fn silent_server(folder: &Path) -> String {
    server(folder, &["while read -r line; do :; done"])
}

/// A tool that is killed in the middle of its work.
pub fn dying_tool(folder: &Path) -> String {
    script(&folder.join("dying-tool.sh"), &["kill -KILL $$"])
}

/// A server that is never ready, and hears nothing.
pub fn mute_server(folder: &Path) -> String {
    server(folder, &[DEAF, SLEEP])
}
