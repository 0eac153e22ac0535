//! What a program has printed so far, as it is read by threads of the test, and who waits for more of it.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use crate::Stream;

/// A line that a program has printed, without its newline.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) stream: Stream,
    pub(crate) text: String,
    pub(crate) at: Instant,
}

/// What is known of a program so far.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) lines: Vec<Line>,
    /// Streams that are being read and have not ended.
    pub(crate) open_streams: usize,
    /// When the process was seen to have ended.
    pub(crate) ended: Option<Instant>,
}

/// What a program has printed so far, on which stream, and when. It is shared by the threads that read the streams and
/// the test.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transcript(Arc<(Mutex<State>, Condvar)>);

impl Transcript {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().expect("no reader panics")
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.0.1.notify_all();
    }

    /// Waits until `found` finds something; `None` at the deadline.
    pub(crate) fn wait<T>(
        &self,
        deadline: Instant,
        mut found: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(found) = found(&state) {
                return Some(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                return None;
            }
            state = self
                .0
                .1
                .wait_timeout(state, left)
                .expect("no reader panics")
                .0;
        }
    }

    /// Reads `source` to its end on a thread of its own.
    pub(crate) fn follow(&self, stream: Stream, mut source: impl Read + Send + 'static) {
        self.change(|state| state.open_streams += 1);
        let transcript = self.clone();
        thread::spawn(move || {
            let mut begun = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let read = match source.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(read) => read,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(_) => break,
                };
                let at = Instant::now();
                begun.extend_from_slice(&buffer[..read]);
                transcript.change(|state| {
                    while let Some(end) = begun.iter().position(|&byte| byte == b'\n') {
                        let line: Vec<u8> = begun.drain(..=end).collect();
                        let text = String::from_utf8_lossy(&line[..end]).into_owned();
                        state.lines.push(Line { stream, text, at });
                    }
                });
            }
            transcript.change(|state| {
                // What was written without a newline counts as a line too.
                if !begun.is_empty() {
                    let text = String::from_utf8_lossy(&begun).into_owned();
                    state.lines.push(Line {
                        stream,
                        text,
                        at: Instant::now(),
                    });
                }
                state.open_streams -= 1;
            });
        });
    }

    /// The lines of one stream.
    pub(crate) fn of(&self, stream: Stream) -> Vec<String> {
        let state = self.lock();
        state
            .lines
            .iter()
            .filter(|line| line.stream == stream)
            .map(|line| line.text.clone())
            .collect()
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        if state.lines.is_empty() {
            return writeln!(f, "    (nothing)");
        }
        // A storm's output would bury the reason of the failure.
        let skipped = state.lines.len().saturating_sub(60);
        if skipped > 0 {
            writeln!(f, "    ({skipped} lines before these)")?;
        }
        for line in &state.lines[skipped..] {
            let stream = match line.stream {
                Stream::Stdout => "stdout",
                Stream::Stderr => "stderr",
            };
            writeln!(f, "    {stream}| {}", line.text)?;
        }
        Ok(())
    }
}
