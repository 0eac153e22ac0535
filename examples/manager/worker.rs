//! A worker, as the manager sees it: a process with pipes.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use aplomb::process::{Child, SpawnOptions};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::select;
use tokio::time::timeout;

use crate::patience::Patience;

pub(crate) struct Worker {
    child: Child<Command>,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

/// How workers are started.
pub(crate) struct Recipe {
    pub(crate) program: OsString,
    pub(crate) arguments: Vec<OsString>,
    /// How long a worker may take to get ready.
    pub(crate) ready: Duration,
    /// How long a worker that was told to end may take before it is killed.
    pub(crate) grace: Duration,
}

impl Recipe {
    /// Starts a worker, and returns when it is ready. If this fails, a worker that did not get ready has ended.
    pub(crate) async fn start(&self, number: usize) -> anyhow::Result<Worker> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env("WORKER", number.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = SpawnOptions::new()
            .name(format!("worker {number}"))
            .grace(self.grace)
            .spawn(command)?;
        let (requests, answers) = (child.stdin.take(), child.stdout.take());
        let mut worker = Worker {
            child,
            requests: requests.context("its input is a pipe")?,
            answers: BufReader::new(answers.context("its output is a pipe")?).lines(),
        };
        let said = timeout(self.ready, worker.answers.next_line()).await;
        if let Ok(Ok(Some(line))) = &said
            && line == "ready"
        {
            return Ok(worker);
        }
        let status = worker.child.stop_async().await?;
        match said {
            Err(_) => bail!("worker {number} was not ready within {:?}", self.ready),
            Ok(Ok(Some(line))) => bail!("worker {number} said {line:?} instead of \"ready\""),
            Ok(_) => bail!("worker {number} ended before it was ready: {status}"),
        }
    }
}

impl Worker {
    pub(crate) fn id(&self) -> i32 {
        self.child.id()
    }

    /// Has the worker do a job, and returns the answer. If the worker ends instead, the error says how.
    pub(crate) async fn ask(
        &mut self,
        request: &str,
        patience: &Patience,
    ) -> Result<String, io::Result<ExitStatus>> {
        let (requests, answers) = (&mut self.requests, &mut self.answers);
        let answered = async {
            requests
                .write_all(format!("{request}\n").as_bytes())
                .await?;
            answers.next_line().await
        };
        tokio::pin!(answered);
        let answer = select! {
            answer = &mut answered => answer,
            () = patience.is_over() => {
                // The worker may still end its job, until its grace is over.
                self.child.terminate();
                answered.await
            }
        };
        match answer {
            Ok(Some(answer)) => Ok(answer),
            // A worker that lives but does not talk to us any more is of no use, so it is stopped.
            _ => Err(self.child.stop_async().await),
        }
    }

    /// Waits until the worker ends by itself.
    pub(crate) async fn ended(&self) -> io::Result<ExitStatus> {
        self.child.wait_async().await
    }

    /// Has the worker end: it gets no more requests. If it has not ended when the patience is over, it is told
    /// to end.
    pub(crate) async fn finish(self, patience: &Patience) -> io::Result<ExitStatus> {
        drop(self.requests);
        select! {
            status = self.child.wait_async() => status,
            () = patience.is_over() => self.child.stop_async().await,
        }
    }
}
