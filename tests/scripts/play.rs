//! Plays a case: starts the program, sends the signals at their cues, and writes down all that can be seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fmt, fs, thread};

use aplomb_testing::{Session, Signal, SignalField, SignalSet, default_signals};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::kill;
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::{Pid, pipe2};

use super::case::Case;

/// A time of the kernel's monotonic clock, in nanoseconds.
pub type Time = u64;

pub const MILLISECOND: Time = 1_000_000;

/// How a process has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Code(i32),
    Signal(i32),
    /// The process did not end in time.
    Hung,
}

#[derive(Debug, Clone)]
pub struct Mark {
    pub at: Time,
    pub thread: u32,
    /// Whose mark it is: `run#1`.
    pub call: String,
    pub what: String,
}

/// A line of standard error, and when it was read.
#[derive(Debug, Clone)]
pub struct Line {
    pub at: Time,
    pub text: String,
}

/// A signal that was sent. Its handler has begun between these two times.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub signal: Signal,
    pub at: Time,
    /// `None` where the process has ended before the signal was seen to be taken.
    pub taken: Option<Time>,
    /// Whether one of its kind was still pending, so that the kernel may have made one of both.
    pub merged: bool,
}

#[derive(Debug, Clone)]
pub struct Seen {
    pub ended: Time,
    pub status: Status,
    pub marks: Vec<Mark>,
    pub stdout: String,
    pub stderr: Vec<Line>,
    pub sent: Vec<Sent>,
    /// What lives after the end, or why it has not come.
    pub left: String,
}

pub fn now() -> Time {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("there is such a clock");
    let (seconds, nanoseconds) = (now.tv_sec(), now.tv_nsec());
    let seconds = Time::try_from(seconds).expect("the clock counts up");
    seconds * 1_000_000_000 + Time::try_from(nanoseconds).expect("the clock counts up")
}

/// What comes out of a pipe, line by line.
struct Stream {
    /// `None` when all writers have closed their end.
    end: Option<fs::File>,
    text: Vec<u8>,
    /// How much of the text was taken as lines.
    taken: usize,
}

impl Stream {
    fn new(end: impl Into<OwnedFd>) -> Self {
        Self {
            end: Some(fs::File::from(end.into())),
            text: Vec::new(),
            taken: 0,
        }
    }

    fn read(&mut self) {
        let mut buffer = [0; 1 << 12];
        let Some(end) = &mut self.end else { return };
        match end.read(&mut buffer) {
            Ok(0) => self.end = None,
            Ok(count) => self.text.extend_from_slice(&buffer[..count]),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::Interrupted),
        }
    }

    fn lines(&mut self) -> Vec<String> {
        let new = &self.text[self.taken..];
        let Some(last) = new.iter().rposition(|&byte| byte == b'\n') else {
            return Vec::new();
        };
        let lines = String::from_utf8_lossy(&new[..last]).into_owned();
        self.taken += last + 1;
        lines.lines().map(str::to_owned).collect()
    }
}

fn mark(line: &str) -> Mark {
    let mut words = line.splitn(4, ' ');
    let mut next = || {
        words
            .next()
            .unwrap_or_else(|| panic!("{line:?} is no mark"))
    };
    Mark {
        at: next().parse().expect("a time"),
        thread: next().parse().expect("a thread"),
        call: next().to_owned(),
        what: next().to_owned(),
    }
}

/// The process, which is left unreaped when it has ended: so its number stays its own for as long as signals are sent.
fn start(case: &Case) -> (Child, Stream) {
    let (marks, write_marks) = pipe2(OFlag::O_CLOEXEC).expect("a pipe can be made");
    let mut command = Command::new("setsid");
    // Where the tests were started in the background of a script, some signals are ignored, and would stay so.
    default_signals(&mut command);
    let child = command
        .arg(env!("CARGO_BIN_EXE_random"))
        .args(case.script.to_string().split(' '))
        // A backtrace takes half a second in a debug build, and its lines are nobody's.
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::from(write_marks))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("setsid is there");
    (child, Stream::new(marks))
}

/// Returns the end of a pipe that ends when the process has.
fn end_of(pid: Pid) -> OwnedFd {
    let (end, write_end) = pipe2(OFlag::O_CLOEXEC).expect("a pipe can be made");
    thread::spawn(move || {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        while waitid(Id::Pid(pid), flags) == Err(Errno::EINTR) {}
        drop(write_end);
    });
    end
}

/// The signals that are still to be sent, by their times, once their cues have come.
struct Sender<'a> {
    case: &'a Case,
    pid: Pid,
    due: Vec<(usize, Time)>,
    sent: BTreeMap<usize, Sent>,
}

impl Sender<'_> {
    fn cue(&mut self, text: &str, at: Time) {
        for (position, send) in self.case.sends.iter().enumerate() {
            let known = self.due.iter().any(|(other, _)| *other == position);
            let came = text == send.cue || text.starts_with(&format!("{} ", send.cue));
            if came && !known && !self.sent.contains_key(&position) {
                self.due.push((position, at + send.delay * MILLISECOND));
            }
        }
    }

    /// Sends what is due. Returns when it is to be called again.
    fn attend(&mut self) -> Option<Time> {
        self.look();
        self.due.sort_by_key(|(_, at)| *at);
        while let Some(&(position, at)) = self.due.first() {
            if now() < at {
                break;
            }
            self.due.remove(0);
            let signal = self.case.sends[position].signal;
            let mut sent = Sent {
                signal,
                at: now(),
                taken: None,
                merged: false,
            };
            let waits = |other: &&Sent| other.signal == signal && other.taken.is_none();
            sent.merged = self.sent.values().any(|other| waits(&other));
            kill(self.pid, signal).expect("an unreaped process can be signalled");
            self.sent.insert(position, sent);
            self.look();
        }
        let next = self.due.first().map(|(_, at)| *at);
        if self.sent.values().all(|sent| sent.taken.is_some()) {
            return next;
        }
        let soon = now() + MILLISECOND;
        Some(next.map_or(soon, |next| next.min(soon)))
    }

    /// Looks which signals are pending no more.
    fn look(&mut self) {
        if self.sent.values().all(|sent| sent.taken.is_some()) {
            return;
        }
        let file = format!("/proc/{}/status", self.pid);
        let status = fs::read_to_string(file).unwrap_or_default();
        // A process that has ended has no such line, or no thread that takes a signal.
        if !status.contains("Threads:") || status.contains("\nState:\tZ") {
            return;
        }
        let pending = SignalSet::from_status(&status, SignalField::SharedPending);
        let at = now();
        for sent in self.sent.values_mut() {
            if sent.taken.is_none() && !pending.contains(sent.signal) {
                sent.taken = Some(at);
            }
        }
    }
}

/// How long what the process has started may live after its end: the kernel kills it then, which takes a moment.
const AFTER: Time = 5_000 * MILLISECOND;

pub fn play(case: &Case) -> Seen {
    let began = now();
    let (mut child, marks) = start(case);
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid fits"));
    let ended = Stream::new(end_of(pid));
    let stdout = Stream::new(child.stdout.take().expect("it is a pipe"));
    let stderr = Stream::new(child.stderr.take().expect("it is a pipe"));
    let mut streams = [marks, stdout, stderr, ended];
    let mut sender = Sender {
        case,
        pid,
        due: Vec::new(),
        sent: BTreeMap::new(),
    };
    sender.cue("", began);
    let (mut all_marks, mut all_lines) = (Vec::new(), Vec::new());
    let (mut ended, mut left) = (None, String::new());
    let mut give_up = began + case.patience() * MILLISECOND;
    loop {
        let next = if ended.is_none() {
            sender.attend()
        } else {
            None
        };
        wait(&mut streams, next.map_or(give_up, |next| next.min(give_up)));
        for mark in streams[0].lines().iter().map(|line| mark(line)) {
            sender.cue(&format!("{} {}", mark.call, mark.what), mark.at);
            all_marks.push(mark);
        }
        let lines = streams[2].lines();
        all_lines.extend(lines.into_iter().map(|text| Line { at: now(), text }));
        if streams[3].end.is_none() && ended.is_none() {
            ended = Some(now());
            give_up = now() + AFTER;
        }
        if streams.iter().all(|stream| stream.end.is_none()) {
            break;
        }
        if now() >= give_up {
            left = remains(pid, ended.is_none());
            break;
        }
    }
    let hung = ended.is_none();
    let mut sent: Vec<Sent> = sender.sent.into_values().collect();
    sent.sort_by_key(|sent| sent.at);
    end(&mut child, pid, !left.is_empty());
    let status = child.wait().expect("a child can be awaited");
    let status = match status.signal() {
        _ if hung => Status::Hung,
        Some(signal) => Status::Signal(signal),
        None => Status::Code(status.code().expect("it has exited")),
    };
    Seen {
        ended: ended.unwrap_or_else(now),
        status,
        marks: all_marks,
        stdout: String::from_utf8_lossy(&streams[1].text).into_owned(),
        stderr: all_lines,
        sent,
        left,
    }
}

/// Reads what there is. Returns when there was something, or at the time.
fn wait(streams: &mut [Stream], until: Time) {
    let ready: Vec<bool> = {
        let open = streams.iter().filter_map(|stream| stream.end.as_ref());
        let mut polled: Vec<_> = open
            .map(|end| PollFd::new(end.as_fd(), PollFlags::POLLIN))
            .collect();
        let left = Duration::from_nanos(until.saturating_sub(now()));
        // Rounded up, or it would be called again and again in the last millisecond.
        let left = PollTimeout::try_from(left + Duration::from_millis(1)).expect("it is short");
        let _ = poll(&mut polled, left);
        polled.iter().map(|one| one.any() == Some(true)).collect()
    };
    let open = streams.iter_mut().filter(|stream| stream.end.is_some());
    for (stream, ready) in open.zip(ready) {
        if ready {
            stream.read();
        }
    }
}

/// What is still there, and where it waits.
fn remains(pid: Pid, hung: bool) -> String {
    let mut text = String::new();
    for process in Session::of(pid).processes() {
        let _ = writeln!(text, "{process:?}");
        if hung {
            text += &places(process.pid);
        }
    }
    text
}

/// Where the threads of a process wait.
fn places(pid: Pid) -> String {
    let words = [
        "-p",
        &pid.to_string(),
        "-batch",
        "-ex",
        "thread apply all bt 24",
    ];
    let output = Command::new("gdb")
        .args(words)
        .stdin(Stdio::null())
        .output();
    let mut text = match output {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(error) => error.to_string(),
    };
    for thread in fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let read = |name| fs::read_to_string(thread.path().join(name)).unwrap_or_default();
        let (name, place) = (read("comm"), read("wchan"));
        let _ = writeln!(text, "{} waits in {place}", name.trim());
    }
    text
}

/// Ends what is left of it.
fn end(child: &mut Child, pid: Pid, others: bool) {
    if others {
        for process in Session::of(pid).processes() {
            let _ = kill(process.pid, Signal::SIGKILL);
        }
    }
    let _ = child.kill();
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        let first = self.marks.first().map_or(self.ended, |mark| mark.at);
        let first = self.sent.iter().map(|sent| sent.at).fold(first, Time::min);
        for Mark {
            at,
            thread,
            call,
            what,
        } in &self.marks
        {
            lines.push((*at, format!("{thread} {call} {what}")));
        }
        for sent in &self.sent {
            let taken = sent.taken.map(|taken| taken.saturating_sub(sent.at) / 1000);
            let merged = if sent.merged { ", one was pending" } else { "" };
            lines.push((
                sent.at,
                format!("{} sent, taken after {taken:?} us{merged}", sent.signal),
            ));
        }
        for Line { at, text } in &self.stderr {
            lines.push((*at, format!("stderr: {text}")));
        }
        lines.push((self.ended, format!("ended: {:?}", self.status)));
        lines.sort_by_key(|(at, _)| *at);
        for (at, text) in lines {
            let milliseconds = at.saturating_sub(first) / MILLISECOND;
            let rest = at.saturating_sub(first) / 1000 % 1000;
            writeln!(f, "  {milliseconds:6}.{rest:03} {text}")?;
        }
        write!(f, "{}", self.left)
    }
}
