//! A phase may return the status of a child, with or without a `Result`, and beside the other things that one may
//! return.

use std::process::{Command, ExitCode, ExitStatus};

use aplomb::app;

fn status(code: u8) -> std::io::Result<ExitStatus> {
    Command::new("sh").args(["-c", &format!("exit {code}")]).status()
}

mod tool {
    pub fn run() -> Result<super::ExitStatus, Box<dyn std::error::Error>> {
        Ok(super::status(0)?)
    }

    pub fn stop() -> super::ExitStatus {
        super::status(0).unwrap()
    }
}

mod other {
    pub fn run() -> super::ExitCode {
        super::ExitCode::SUCCESS
    }
}

#[app(components(tool(run, stop), other(run)))]
fn main() {}
