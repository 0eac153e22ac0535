//! What becomes of a client: a process that serves it, and a thread that waits for that.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::process::{Command, ExitStatus};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aplomb::Cancelled;
use aplomb::process::SpawnOptions;

use crate::say;

pub(crate) struct Clients {
    /// What serves them: a program, and its arguments.
    program: OsString,
    arguments: Vec<OsString>,
    grace: Duration,
    /// How often what has become of one.
    tally: Mutex<BTreeMap<String, u64>>,
}

impl Clients {
    pub(crate) fn new(program: OsString, arguments: Vec<OsString>, grace: Duration) -> Clients {
        Clients {
            program,
            arguments,
            grace,
            tally: Mutex::default(),
        }
    }

    /// Has a client served, and says what has become of it.
    pub(crate) fn attend(&self, number: u64, client: TcpStream) {
        let outcome = match self.serve(number, client) {
            Ok(status) => status.to_string(),
            Err(error) => {
                say(format_args!("helper {number}: {error}"));
                "not served".to_owned()
            }
        };
        say(format_args!("client {number}: {outcome}"));
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        *tally.entry(outcome).or_default() += 1;
    }

    /// Starts a helper, and returns when it has ended: by itself, or since it was told to.
    ///
    /// Its connection is its own: the command, and our ends with it, is gone when it was started. So the client sees
    /// the end of the helper, however that ends.
    fn serve(&self, number: u64, client: TcpStream) -> io::Result<ExitStatus> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(OwnedFd::from(client.try_clone()?))
            .stdout(OwnedFd::from(client));
        let helper = SpawnOptions::new()
            .name(format!("helper {number}"))
            .grace(self.grace)
            .spawn(command)?;
        match helper.wait()? {
            Ok(status) => Ok(status),
            Err(Cancelled) => helper.stop(),
        }
    }

    /// What has become of all of them.
    pub(crate) fn report(&self) {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        say(format_args!("clients: {}", tally.values().sum::<u64>()));
        for (outcome, times) in tally.iter() {
            say(format_args!("{times} times {outcome}"));
        }
    }
}
