//! Writes entries of two lines to a file. Press Ctrl-C whenever you like: no entry is ever half.
//!
//! `cargo run --example hello`, and watch: interrupted in the middle of an entry, it completes it,
//! then `stop` writes the last line, and the program dies by SIGINT, as the shell that waits
//! for it expects (`echo $?` says 130). The file is `hello.log` among the temporary files.

use aplomb::{Shutdown, app, shielded};
use std::{env, error::Error, fs::File, io, io::Write, thread, time::Duration};

/// Makes what the program works with. Never cut: a Ctrl-C that comes now is remembered.
fn start() -> io::Result<File> {
    File::create(env::temp_dir().join("hello.log"))
}

/// Works until it is asked to stop: `sleep` wakes at once then, and its `?` ends the loop.
fn run(log: &mut File, shutdown: &Shutdown) -> Result<(), Box<dyn Error>> {
    loop {
        println!("an entry begins,");
        write_entry(log)?;
        println!("  and is whole");
        shutdown.sleep(Duration::from_millis(500))?;
    }
}

/// Never cut: both lines are written, or neither. It may be called on any thread.
#[shielded]
fn write_entry(log: &mut File) -> io::Result<()> {
    writeln!(log, "first half")?;
    thread::sleep(Duration::from_millis(500)); // press Ctrl-C here
    writeln!(log, "second half")
}

/// Called once, however `run` has ended. Never cut either.
fn stop(mut log: File) -> io::Result<()> {
    writeln!(log, "the end")?;
    println!("stopped");
    Ok(())
}

#[app(start, run, stop)]
fn main() {}
