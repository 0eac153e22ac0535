//! The server, as the app sees it: a child process.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use aplomb::process::{Child, SpawnOptions, StopSignal};
use aplomb::{Shutdown, Signal};

use crate::options::CommandLine;
use crate::say;
use crate::serve::READY;

/// How long the server may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the server may take to end: more than it gives itself, and less than the app has.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts this program once more, or another that does the same, and waits until it is ready.
    ///
    /// The end of its input tells the server to end. So it also ends when this process is gone, for whatever
    /// reason, since then the other end of its input is closed, too. If the server ends by itself, the app
    /// ends.
    pub(crate) fn start(
        other: Option<&CommandLine>,
        folder: &Path,
        port: u16,
    ) -> anyhow::Result<Server> {
        let mut command = match other {
            Some(other) => other.command(),
            None => Command::new(env::current_exe()?),
        };
        if other.is_none() {
            command.arg("serve");
        }
        command
            .arg(folder)
            .arg(port.to_string())
            .stdout(Stdio::piped());
        let mut child = SpawnOptions::new()
            .name("server")
            .stop_signal(StopSignal::EndOfInput)
            .grace(GRACE)
            .essential()
            .spawn(command)?;
        let output = child.stdout.take().expect("it is piped");
        let (first, ready) = mpsc::channel();
        // A thread reads the output to its end. Otherwise a server that says more would wait for ever when the
        // pipe is full.
        thread::Builder::new()
            .name("server's output".into())
            .spawn(move || {
                let mut lines = BufReader::new(output).lines().map_while(Result::ok);
                if let Some(line) = lines.next() {
                    let _ = first.send(line);
                }
                lines.for_each(say);
            })?;
        let line = match ready.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Disconnected) => {
                bail!("the server has ended before it was ready")
            }
            Err(RecvTimeoutError::Timeout) => bail!("the server is not ready after {PATIENCE:?}"),
        };
        let address = line
            .strip_prefix(READY)
            .and_then(|address| address.parse().ok());
        let address =
            address.with_context(|| format!("the server says {line:?} and not where it is"))?;
        Ok(Server { child, address })
    }

    /// Tells the server to end, and waits until it has ended.
    pub(crate) fn stop(self, shutdown: &Shutdown) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => {
                let status = self.child.stop()?;
                // Service managers may send the signal to all processes of a service. Then the server dies by
                // it, as we do.
                let is_ours = |signal: &Signal| status.signal() == Some(signal.number());
                let ended_well = status.success() || shutdown.signals().iter().any(is_ours);
                ensure!(ended_well, "the server did not end well: {status}");
            }
            Some(status) if status.success() => bail!("the server has ended by itself"),
            // The app has reported this failure already.
            Some(_) => {}
        }
        Ok(())
    }
}
