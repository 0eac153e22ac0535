//! A child that is started by tokio's command, and whose output is a pipe.

use std::io;
use std::process::Stdio;

use aplomb::{Absent, App, process};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::async_script::executor;
use crate::script::say;

async fn run() -> io::Result<()> {
    say("R+");
    let mut child = process::spawn(Command::new("echo").arg("hello").stdout(Stdio::piped()))?;
    let mut said = String::new();
    let mut output = child.stdout.take().expect("it is a pipe");
    output.read_to_string(&mut said).await?;
    say(said.trim());
    child.wait_async().await?;
    Ok(())
}

async fn stop() {
    say("P+");
}

pub(crate) fn main() {
    App::executor(executor()).phases(Absent, run, stop).main()
}
