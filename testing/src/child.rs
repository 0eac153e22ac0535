//! A program that runs: what a test does with it, and waits for.

use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::process::{self, ChildStdin, Command};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{Pid, getpgid, getpgrp};

use crate::sink::Source;
use crate::transcript::{Line, Transcript};
use crate::{Output, Process, Stream};

/// A program that runs: its lines are awaited, and it gets lines and signals.
///
/// [`Command::spawn`](crate::Command::spawn) starts one. Each function that waits panics when the
/// [timeout](crate::Command::timeout) has passed, or as soon as the program has ended and what is awaited can no longer
/// come. The message holds the last lines that the program has printed.
///
/// Each stream is read forward: a line is searched after the one that was found last on that stream, and lines between
/// are passed over.
///
/// A child that is dropped is killed by SIGKILL and reaped.
#[derive(Debug)]
#[must_use = "a child that is dropped is killed"]
pub struct Child {
    process: process::Child,
    stdin: Option<ChildStdin>,
    /// Who gets the signals: the child, or what the child has started for us.
    target: Pid,
    reaped: bool,
    /// Streams that are not read yet.
    unread: [Option<File>; 2],
    /// Who reads its stdout, where that is another program.
    reader: Option<process::Child>,
    transcript: Transcript,
    /// Lines before these have been expected already, on each stream.
    seen: [usize; 2],
    timeout: Duration,
}

impl Child {
    pub(crate) fn new(
        mut process: process::Child,
        reader: Option<process::Child>,
        timeout: Duration,
    ) -> Self {
        let target = Pid::from_raw(i32::try_from(process.id()).expect("a pid fits"));
        let transcript = Transcript::default();
        let watched = transcript.clone();
        thread::spawn(move || {
            // The process is left unreaped when it has ended, so that its pid stays its own for as long as the test
            // may send signals to it.
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            while waitid(Id::Pid(target), flags) == Err(Errno::EINTR) {}
            let at = Instant::now();
            watched.change(|state| state.ended = Some(at));
        });
        Self {
            stdin: process.stdin.take(),
            process,
            target,
            reaped: false,
            unread: [None, None],
            reader,
            transcript,
            seen: [0; 2],
            timeout,
        }
    }

    pub(crate) fn add_source(&mut self, stream: Stream, source: Source) {
        match source {
            Source::Reading(reader) => self.transcript.follow(stream, reader),
            Source::Unread(reader) => self.unread[stream as usize] = Some(reader),
            Source::Nothing => {}
        }
    }

    /// The number of the process that signals go to: the program's, or what [`Child::set_target`] has said.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.target
    }

    /// The kernel's view of the process that signals go to.
    #[must_use]
    pub fn process(&self) -> Process {
        Process::of(self.target)
    }

    /// Sends signals to this process from now on, which the program has started for the test, as a shell does.
    ///
    /// The process should not end before the program has waited for it: the number may be another process's then.
    pub fn set_target(&mut self, pid: Pid) {
        self.target = pid;
    }

    /// Waits until the program prints this line to standard output. Returns when the test has read it.
    ///
    /// # Panics
    ///
    /// When the line does not come.
    #[track_caller]
    pub fn expect(&mut self, line: &str) -> Instant {
        let found = self.line(Stream::Stdout, &format!("{line:?}"), |text| text == line);
        found.at
    }

    /// Waits for these lines of standard output, in whichever order they come.
    ///
    /// # Panics
    ///
    /// When one of them does not come.
    #[track_caller]
    pub fn expect_all(&mut self, lines: &[&str]) {
        let from = self.seen;
        let mut last = from;
        for line in lines {
            self.seen = from;
            self.expect(line);
            last[0] = last[0].max(self.seen[0]);
        }
        self.seen = last;
    }

    /// Waits for a line of standard output that begins so. Returns what follows, without spaces at its ends.
    ///
    /// # Panics
    ///
    /// When no such line comes.
    #[track_caller]
    pub fn expect_prefix(&mut self, prefix: &str) -> String {
        let what = format!("{prefix:?}…");
        let line = self.line(Stream::Stdout, &what, |text| text.starts_with(prefix));
        line.text[prefix.len()..].trim().to_owned()
    }

    /// Waits for a line of standard error that has all of these parts in it, and returns the line.
    ///
    /// # Panics
    ///
    /// When no such line comes.
    #[track_caller]
    pub fn expect_stderr(&mut self, parts: &[&str]) -> String {
        let has_all = |text: &str| parts.iter().all(|part| text.contains(part));
        let what = format!("{parts:?} on stderr");
        self.line(Stream::Stderr, &what, has_all).text
    }

    /// Whether the program has printed this line to standard output, as far as the test has read it. It does not wait.
    #[must_use]
    pub fn has_printed(&self, line: &str) -> bool {
        let lines = self.transcript.of(Stream::Stdout);
        lines.iter().any(|other| other == line)
    }

    /// Whether the program has ended. It does not wait.
    #[must_use]
    pub fn has_exited(&self) -> bool {
        self.transcript.lock().ended.is_some()
    }

    /// Checks that the program runs and has not yet printed this line to standard output. It does not wait.
    ///
    /// # Panics
    ///
    /// When the program has ended, or the line is there.
    #[track_caller]
    pub fn assert_running_without(&self, line: &str) {
        if self.has_exited() {
            self.fail("the process was expected to go on");
        }
        if self.has_printed(line) {
            self.fail(format_args!("{line:?} came too early"));
        }
    }

    /// Writes a line to the program's standard input.
    ///
    /// # Panics
    ///
    /// When nobody reads it any more, or standard input was closed or is a terminal.
    #[track_caller]
    pub fn send_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is an open pipe");
        if let Err(error) = stdin.write_all(format!("{line}\n").as_bytes()) {
            self.fail(format_args!("the line {line:?} could not be sent: {error}"));
        }
    }

    /// Closes the program's standard input, which ends for the program.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Begins to read a stream that was [`Unread`](crate::Sink::Unread) or [`Full`](crate::Sink::Full).
    ///
    /// # Panics
    ///
    /// When the stream is none of these, or is being read already.
    #[track_caller]
    pub fn start_reading(&mut self, stream: Stream) {
        let reader = self.unread[stream as usize].take();
        let reader = reader.expect("the stream was not read until now");
        self.transcript.follow(stream, reader);
    }

    /// Ends the program that reads standard output [in a pipeline](crate::Command::in_pipeline), and returns when that
    /// has ended.
    ///
    /// # Panics
    ///
    /// When the program is in no pipeline.
    #[track_caller]
    pub fn kill_reader(&mut self) {
        let reader = self.reader.as_mut().expect("it is in a pipeline");
        reader.kill().expect("a child may be killed");
        reader.wait().expect("a child can be awaited");
    }

    /// Sends a signal to the process. A process that has ended in the meantime takes it without complaint.
    ///
    /// # Panics
    ///
    /// When the signal cannot be sent.
    #[track_caller]
    pub fn send_signal(&self, signal: Signal) {
        if let Err(error) = kill(self.target, signal) {
            self.fail(format_args!("{signal} could not be sent: {error}"));
        }
    }

    /// Sends a signal that has no name, as real-time signals have none.
    ///
    /// # Panics
    ///
    /// When the signal cannot be sent.
    #[track_caller]
    pub fn send_signal_number(&self, number: i32) {
        // There is no safe function for it, and each shell has `kill`.
        let kill = format!("kill -{number} {}", self.target);
        let status = Command::new("sh").args(["-c", &kill]).status();
        if !status.is_ok_and(|status| status.success()) {
            self.fail(format_args!("signal {number} could not be sent"));
        }
    }

    /// Sends a signal to the process's group, as Ctrl-C on a terminal does.
    ///
    /// # Panics
    ///
    /// When that is the test's own group, or the signal cannot be sent.
    #[track_caller]
    pub fn send_signal_to_group(&self, signal: Signal) {
        let group = match getpgid(Some(self.target)) {
            Ok(group) => group,
            Err(error) => self.fail(format_args!("its group is not known: {error}")),
        };
        assert_ne!(group, getpgrp(), "the signal would reach the test itself");
        if let Err(error) = killpg(group, signal) {
            self.fail(format_args!(
                "{signal} could not be sent to the group: {error}"
            ));
        }
    }

    /// Sends SIGSTOP, or another signal that stops the process until SIGCONT, and
    /// [waits until the process has stopped](Child::wait_until_suspended).
    ///
    /// # Panics
    ///
    /// When the process ends instead.
    #[track_caller]
    pub fn suspend(&self, signal: Signal) {
        self.send_signal(signal);
        self.wait_until_suspended();
    }

    /// Waits until the process has stopped, by itself or by a signal, so that SIGCONT would make it go on. This has no
    /// timeout, and the process has to be a child of the test: not what [`Child::set_target`] has said.
    ///
    /// # Panics
    ///
    /// When the process ends instead.
    #[track_caller]
    pub fn wait_until_suspended(&self) {
        let flags = WaitPidFlag::WSTOPPED | WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        match waitid(Id::Pid(self.target), flags) {
            Ok(WaitStatus::Stopped(..)) => {}
            other => self.fail(format_args!("it was expected to stop: {other:?}")),
        }
    }

    /// Waits for the end of the program and of all that it has printed. Standard input stays open meanwhile.
    ///
    /// Another process that has the program's output open, such as one that it has started, has to end too.
    ///
    /// # Panics
    ///
    /// When they do not end.
    #[track_caller]
    #[expect(
        clippy::must_use_candidate,
        reason = "a test may be about the program's having ended at all"
    )]
    pub fn wait(mut self) -> Output {
        let deadline = Instant::now() + self.timeout;
        let ended = self.transcript.wait(deadline, |state| {
            state.ended.filter(|_| state.open_streams == 0)
        });
        let Some(at) = ended else {
            self.fail(format_args!("it did not end within {:?}", self.timeout));
        };
        let status = self.process.wait().expect("a child can be awaited");
        self.reaped = true;
        self.end_reader();
        Output::new(status, at, self.transcript.clone())
    }

    #[track_caller]
    fn line(&mut self, stream: Stream, what: &str, matches: impl Fn(&str) -> bool) -> Line {
        let from = self.seen[stream as usize];
        let deadline = Instant::now() + self.timeout;
        let found = self.transcript.wait(deadline, |state| {
            let mut lines = state.lines.iter().enumerate().skip(from);
            match lines.find(|(_, line)| line.stream == stream && matches(&line.text)) {
                Some((at, line)) => Some(Some((at, line.clone()))),
                None if state.ended.is_some() && state.open_streams == 0 => Some(None),
                None => None,
            }
        });
        match found {
            Some(Some((at, line))) => {
                self.seen[stream as usize] = at + 1;
                line
            }
            Some(None) => self.fail(format_args!("the process ended before it printed {what}")),
            None => self.fail(format_args!("waited {:?} in vain for {what}", self.timeout)),
        }
    }

    #[track_caller]
    fn fail(&self, what: impl Display) -> ! {
        panic!("{what}\n  it had printed:\n{}", self.transcript)
    }

    fn end_reader(&mut self) {
        if let Some(reader) = &mut self.reader {
            let _ = reader.kill();
            let _ = reader.wait();
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.reaped {
            if !self.has_exited() {
                let _ = kill(self.target, Signal::SIGKILL);
            }
            let _ = self.process.kill();
            let _ = self.process.wait();
            self.end_reader();
        }
    }
}
