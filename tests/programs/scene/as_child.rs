//! An app of two components that ends as the child of one of them has: a shell with the text of the second argument.
//! The other one returns 4 when it is told to end.

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode, ExitStatus};

use aplomb::{Shutdown, app, process};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::script::say;

mod tool {
    use super::{Command, Error, ExitStatus, env, process, say};

    pub(super) fn run() -> Result<ExitStatus, Box<dyn Error>> {
        let text = env::args().nth(2).expect("a text");
        let status = process::status(Command::new("sh").args(["-c", &text]))??;
        say(format!("child {status}"));
        Ok(status)
    }
}

mod other {
    use super::{ExitCode, Shutdown};

    pub(super) fn run(shutdown: &Shutdown) -> ExitCode {
        shutdown.wait();
        ExitCode::from(4)
    }
}

#[app(components(tool(run), other(run)))]
pub(crate) fn main() {
    // A row is about cores.
    let (_, hard) = getrlimit(Resource::RLIMIT_CORE).expect("there is such a limit");
    setrlimit(Resource::RLIMIT_CORE, hard, hard).expect("a limit may be used");
}
