//! Shell scripts that stand in for the tool and the server, and behave as a test wants it.
//!
//! Scripts are read by `sh` and not executed. A file that was just written cannot be executed while somebody
//! has it open for writing, and a child that another thread has just started may still have it open.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::examples::program::{make_fifo, open_both_ends, text};

/// A gate at which a script waits until the test lets it go on.
pub struct Gate {
    path: PathBuf,
    /// The file has both ends open, so that neither the test nor the script waits until the other one opens the
    /// pipe.
    pipe: File,
}

impl Gate {
    pub fn new(path: PathBuf) -> Gate {
        make_fifo(&path);
        let pipe = open_both_ends(&path);
        Gate { path, pipe }
    }

    /// Lets one script go on, whether it has come to the gate already or not.
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

/// A tool that says when it begins, waits at the gate, and then runs `gzip`.
pub fn slow_tool(folder: &Path, gate: &Gate) -> String {
    // The reader of the output may be gone when the tool ends. So the status is that of `gzip`, and not that of
    // `echo`.
    let work = "gzip -9 -n -k \"$@\"; status=$?; echo tool ends; exit $status";
    let lines = ["echo tool begins", &gate.wait(), work];
    script(&folder.join("slow-tool.sh"), &lines)
}

/// A tool that runs `gzip`, unless a page is wrong.
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

/// The command by which a server says that it is ready. Nobody listens at that address.
pub const READY: &str = "echo serving on 127.0.0.1:0";

/// A server that is told to end, says so, and then waits at the gate.
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

/// A server that is ready, and does not end, whatever it is told.
pub fn stubborn_server(folder: &Path) -> String {
    let lines = [DEAF, READY, SLEEP];
    server(folder, &lines)
}

/// The line that a server says on its standard error when it begins and is not ready yet.
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

/// A server that is never ready, and does not end, whatever it is told.
pub fn mute_server(folder: &Path) -> String {
    server(folder, &[DEAF, SLEEP])
}
