//! A program that asks for a password. Ctrl-C ends it there, and the terminal shows what is typed again.
//!
//! `cargo run --example password`
//!
//! - A thread that reads a line hears of no request. So another thread reads, and is left behind (`run_blocking`).
//! - That thread cannot turn the echo on again then. `terminal = "restore"` does.

use std::error::Error;
use std::io::{self, Write};

use aplomb::{Shutdown, app};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

fn run(shutdown: &Shutdown) -> Result<(), Box<dyn Error>> {
    print!("password: ");
    io::stdout().flush()?;
    let password = shutdown.run_blocking(password)??;
    println!("{} characters", password.chars().count());
    Ok(())
}

/// Reads a line that is not shown.
fn password() -> io::Result<String> {
    let shown = tcgetattr(io::stdin())?;
    let mut hidden = shown.clone();
    hidden.local_flags.remove(LocalFlags::ECHO);
    tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &hidden)?;
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    tcsetattr(io::stdin(), SetArg::TCSANOW, &shown)?;
    // The key that has ended the line was not shown either.
    println!();
    read?;
    Ok(line.trim_end_matches('\n').to_owned())
}

#[app(run, terminal = "restore")]
fn main() {}
