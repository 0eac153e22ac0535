//! A program that runs: what it says is awaited, lines and signals are sent to it.

use std::fmt::Display;
use std::io::{PipeReader, Write};
use std::process::{Child, ChildStdout, Command};
use std::thread;
use std::time::Instant;

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

use super::Process;
use super::ending::Ending;
use super::timing::PATIENCE;
use super::transcript::{Line, Stream, Transcript};

#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Who gets the signals: the child, or what the child has started for us.
    target: Pid,
    reaped: bool,
    /// A stdout that is not read yet.
    held_up: Option<ChildStdout>,
    /// A stderr that takes nothing more, since nobody reads it.
    clogged: Option<PipeReader>,
    /// Who reads its stdout, where that is another program: the leader of its group.
    reader: Option<Child>,
    transcript: Transcript,
    /// Lines before these have been awaited already: stdout's and stderr's.
    seen: [usize; 2],
}

impl Running {
    pub(super) fn new(mut child: Child, held_up: Option<ChildStdout>) -> Self {
        let target = Pid::from_raw(i32::try_from(child.id()).expect("a pid fits"));
        let transcript = Transcript::default();
        if let Some(stdout) = child.stdout.take() {
            transcript.follow(Stream::Out, stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            transcript.follow(Stream::Err, stderr);
        }
        let watched = transcript.clone();
        thread::spawn(move || {
            // It is seen to end and left unreaped, so that its pid stays its own for as
            // long as the test may send signals to it.
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            while waitid(Id::Pid(target), flags) == Err(nix::errno::Errno::EINTR) {}
            let at = Instant::now();
            watched.change(|said| said.ended = Some(at));
        });
        Self {
            child,
            target,
            reaped: false,
            held_up,
            clogged: None,
            reader: None,
            transcript,
            seen: [0; 2],
        }
    }

    pub(super) fn with_clogged_stderr(mut self, clogged: Option<PipeReader>) -> Self {
        self.clogged = clogged;
        self
    }

    pub(super) fn with_reader(mut self, reader: Option<Child>) -> Self {
        self.reader = reader;
        self
    }

    pub fn pid(&self) -> Pid {
        self.target
    }

    pub fn process(&self) -> Process {
        Process::of(self.target)
    }

    /// From now on signals go to this process, which the child has started for the test.
    pub fn aim_at(&mut self, target: Pid) {
        self.target = target;
    }

    #[track_caller]
    fn fail(&self, what: impl Display) -> ! {
        panic!("{what}\n  it had said:\n{}", self.transcript)
    }

    #[track_caller]
    fn line(&mut self, stream: Stream, what: &str, matches: impl Fn(&str) -> bool) -> Line {
        let from = self.seen[stream as usize];
        let found = self.transcript.wait(Instant::now() + PATIENCE, |said| {
            let mut lines = said.lines.iter().enumerate().skip(from);
            match lines.find(|(_, line)| line.stream == stream && matches(&line.text)) {
                Some((at, line)) => Some(Some((at, line.clone()))),
                None if said.ended.is_some() && said.open == 0 => Some(None),
                None => None,
            }
        });
        match found {
            Some(Some((at, line))) => {
                self.seen[stream as usize] = at + 1;
                line
            }
            Some(None) => self.fail(format_args!("the process ended before it said {what}")),
            None => self.fail(format_args!("waited {PATIENCE:?} in vain for {what}")),
        }
    }

    /// Waits for these lines of stdout, in whichever order they come.
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

    /// Waits until the program says this line on stdout, and returns when it came.
    #[track_caller]
    pub fn expect(&mut self, line: &str) -> Instant {
        self.line(Stream::Out, &format!("{line:?}"), |text| text == line)
            .at
    }

    /// Waits for a line of stdout that begins so, and returns what follows.
    #[track_caller]
    pub fn expect_after(&mut self, beginning: &str) -> String {
        let line = self.line(Stream::Out, &format!("{beginning:?}…"), |text| {
            text.starts_with(beginning)
        });
        line.text[beginning.len()..].trim().to_owned()
    }

    /// Waits for a line of stderr that has all of this in it.
    #[track_caller]
    pub fn expect_complaint(&mut self, parts: &[&str]) -> String {
        let all = |text: &str| parts.iter().all(|part| text.contains(part));
        self.line(Stream::Err, &format!("{parts:?} on stderr"), all)
            .text
    }

    /// Whether the line has been said already.
    pub fn has_said(&self, line: &str) -> bool {
        self.transcript
            .of(Stream::Out)
            .iter()
            .any(|said| said == line)
    }

    pub fn has_ended(&self) -> bool {
        self.transcript.look().ended.is_some()
    }

    #[track_caller]
    pub fn is_going_on(&self, without: &str) {
        if self.has_ended() {
            self.fail("the process was to go on");
        }
        if self.has_said(without) {
            self.fail(format_args!("{without:?} came too early"));
        }
    }

    /// Writes a line to the program's stdin.
    #[track_caller]
    pub fn send(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("stdin is a pipe");
        if let Err(error) = stdin.write_all(format!("{line}\n").as_bytes()) {
            self.fail(format_args!("it does not listen any more: {error}"));
        }
    }

    /// Closes the program's stdin.
    #[allow(dead_code, reason = "the rows' programs read lines alone")]
    pub fn end_input(&mut self) {
        self.child.stdin = None;
    }

    /// Lets it go on, where it waits for a line.
    #[track_caller]
    pub fn go(&mut self) {
        self.send("go");
    }

    /// Reads what a program has written whose reader was held up.
    pub fn let_reader_go_on(&mut self) {
        let stdout = self.held_up.take().expect("its reader was held up");
        self.transcript.follow(Stream::Out, stdout);
    }

    /// Reads what a program has written whose stderr was clogged.
    #[allow(dead_code, reason = "the examples write to a stderr that is read")]
    pub fn unclog_stderr(&mut self) {
        let stderr = self.clogged.take().expect("its stderr was clogged");
        self.transcript.follow(Stream::Err, stderr);
    }

    /// Sends a signal to the process. A process that has ended in the meantime and was not
    /// reaped takes it without complaint.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        assert!(!self.reaped, "signals go to live processes only");
        if let Err(error) = kill(self.target, signal) {
            self.fail(format_args!("{signal} could not be sent: {error}"));
        }
    }

    /// Ends who reads its stdout, and returns when that has ended.
    #[track_caller]
    pub fn end_reader(&mut self) {
        let reader = self.reader.as_mut().expect("it is in a pipeline");
        reader.kill().expect("a child may be killed");
        reader.wait().expect("a child can be awaited");
    }

    /// Sends a signal to the program and to who reads its stdout, as a terminal does.
    #[allow(dead_code, reason = "the rows type their Ctrl-C")]
    #[track_caller]
    pub fn signal_pipeline(&self, signal: Signal) {
        let reader = self.reader.as_ref().expect("it is in a pipeline");
        assert!(!self.reaped, "signals go to live processes only");
        let group = Pid::from_raw(i32::try_from(reader.id()).expect("a pid fits"));
        if let Err(error) = killpg(group, signal) {
            self.fail(format_args!("{signal} could not be sent: {error}"));
        }
    }

    /// The same for one that has a number alone, as real-time signals do.
    #[track_caller]
    pub fn signal_by_number(&self, number: i32) {
        assert!(!self.reaped, "signals go to live processes only");
        let kill = format!("kill -{number} {}", self.target);
        let status = Command::new("sh").args(["-c", &kill]).status();
        if !status.is_ok_and(|status| status.success()) {
            self.fail(format_args!("signal {number} could not be sent"));
        }
    }

    /// Sends SIGSTOP or SIGTSTP, and returns when the process has stopped.
    #[track_caller]
    pub fn stop(&self, signal: Signal) {
        self.signal(signal);
        self.has_stopped();
    }

    /// Returns when the process has stopped, by itself or by a signal.
    #[track_caller]
    pub fn has_stopped(&self) {
        let flags = WaitPidFlag::WSTOPPED | WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        match waitid(Id::Pid(self.target), flags) {
            Ok(WaitStatus::Stopped(..)) => {}
            other => self.fail(format_args!("it was to stop: {other:?}")),
        }
    }

    /// Waits for the end of the process and of all that it said.
    #[track_caller]
    pub fn finish(mut self) -> Ending {
        let at = self.transcript.wait(Instant::now() + PATIENCE, |said| {
            said.ended.filter(|_| said.open == 0)
        });
        let Some(at) = at else {
            self.fail(format_args!("it did not end within {PATIENCE:?}"));
        };
        let status = self.child.wait().expect("a child can be awaited");
        self.reaped = true;
        if let Some(reader) = &mut self.reader {
            let _ = reader.kill();
            let _ = reader.wait();
        }
        Ending::new(status, at, self.transcript.clone())
    }
}

impl Drop for Running {
    /// A test that failed leaves no process behind.
    fn drop(&mut self) {
        if !self.reaped {
            if !self.has_ended() {
                let _ = kill(self.target, Signal::SIGKILL);
            }
            let _ = self.child.kill();
            let _ = self.child.wait();
            if let Some(reader) = &mut self.reader {
                let _ = reader.kill();
                let _ = reader.wait();
            }
        }
    }
}
