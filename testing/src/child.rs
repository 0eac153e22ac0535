//! A program that runs: what a test does with it, and waits for.

use std::fmt::Display;
use std::io::{PipeReader, Write};
use std::process::{self, ChildStdin};
use std::thread;
use std::time::{Duration, Instant};

use crate::sink::Source;
use crate::system::Target;
use crate::transcript::{Line, Transcript};
use crate::{Output, Stream};

/// A program that runs: its lines are awaited, and it gets lines and signals.
///
/// [`Command::spawn`](crate::Command::spawn) starts one. Each function that waits panics when the
/// [timeout](crate::Command::timeout) has passed, or as soon as the program has ended and what is awaited can no longer
/// come. The message holds the last lines that the program has printed.
///
/// Each stream is read forward: a line is searched after the one that was found last on that stream, and lines between
/// are passed over.
///
/// A child that is dropped is killed (on Unix by SIGKILL) and reaped. On Windows that is also done to all that it has
/// started.
#[derive(Debug)]
#[must_use = "a child that is dropped is killed"]
pub struct Child {
    pub(crate) process: process::Child,
    stdin: Option<ChildStdin>,
    /// Who gets the signals: the child, or what the child has started for us.
    pub(crate) target: Target,
    reaped: bool,
    /// Streams that are not read yet.
    unread: [Option<PipeReader>; 2],
    /// Who reads its stdout, where that is another program.
    pub(crate) reader: Option<process::Child>,
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
        let target = Target::of(&process);
        let transcript = Transcript::default();
        let watched = transcript.clone();
        let wait_for_end = Target::wait_for_end(&process);
        thread::spawn(move || {
            // The process is left unreaped when it has ended, so that its number stays its own for as long as the test
            // may send signals to it.
            wait_for_end();
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

    /// Kills the process, and nothing that it has started.
    ///
    /// # Panics
    ///
    /// When it may not be killed.
    pub fn kill(&mut self) {
        self.process.kill().expect("a child may be killed");
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

    #[cfg(windows)]
    pub(crate) fn ends_within(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        self.transcript
            .wait(deadline, |state| state.ended)
            .is_some()
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
    pub(crate) fn fail(&self, what: impl Display) -> ! {
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
                self.target.kill();
            }
            let _ = self.process.kill();
            let _ = self.process.wait();
            self.end_reader();
        }
    }
}
