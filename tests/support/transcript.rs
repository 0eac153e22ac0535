//! What a program has said so far, on which stream, and when.

use std::fmt;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    Out,
    Err,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub stream: Stream,
    pub text: String,
    pub at: Instant,
}

#[derive(Debug, Default)]
pub struct Said {
    pub lines: Vec<Line>,
    /// Streams that are being read and have not ended.
    pub open: usize,
    /// When the process was seen to have ended.
    pub ended: Option<Instant>,
}

/// Shared by the threads that read the streams and the test.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Arc<(Mutex<Said>, Condvar)>);

impl Transcript {
    pub fn look(&self) -> MutexGuard<'_, Said> {
        self.0.0.lock().expect("no reader panics")
    }

    pub fn change(&self, change: impl FnOnce(&mut Said)) {
        change(&mut self.look());
        self.0.1.notify_all();
    }

    /// Waits until `found` finds something; `None` at the deadline.
    pub fn wait<T>(
        &self,
        deadline: Instant,
        mut found: impl FnMut(&Said) -> Option<T>,
    ) -> Option<T> {
        let mut said = self.look();
        loop {
            if let Some(found) = found(&said) {
                return Some(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                return None;
            }
            said = self
                .0
                .1
                .wait_timeout(said, left)
                .expect("no reader panics")
                .0;
        }
    }

    /// Reads `source` to its end on a thread of its own.
    pub fn follow(&self, stream: Stream, mut source: impl Read + Send + 'static) {
        self.change(|said| said.open += 1);
        let transcript = self.clone();
        thread::spawn(move || {
            let mut begun = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let read = match source.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(read) => read,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(_) => break,
                };
                let at = Instant::now();
                begun.extend_from_slice(&buffer[..read]);
                transcript.change(|said| {
                    while let Some(end) = begun.iter().position(|&byte| byte == b'\n') {
                        let line: Vec<u8> = begun.drain(..=end).collect();
                        let text = String::from_utf8_lossy(&line[..end]).into_owned();
                        said.lines.push(Line { stream, text, at });
                    }
                });
            }
            transcript.change(|said| {
                // What was written without a newline counts as a line too.
                if !begun.is_empty() {
                    let text = String::from_utf8_lossy(&begun).into_owned();
                    said.lines.push(Line {
                        stream,
                        text,
                        at: Instant::now(),
                    });
                }
                said.open -= 1;
            });
        });
    }

    pub fn of(&self, stream: Stream) -> Vec<String> {
        let said = self.look();
        said.lines
            .iter()
            .filter(|line| line.stream == stream)
            .map(|line| line.text.clone())
            .collect()
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.look();
        if said.lines.is_empty() {
            return writeln!(f, "    (nothing was said)");
        }
        // A storm's output would bury the reason of the failure.
        let skipped = said.lines.len().saturating_sub(60);
        if skipped > 0 {
            writeln!(f, "    ({skipped} lines before these)")?;
        }
        for line in &said.lines[skipped..] {
            let stream = match line.stream {
                Stream::Out => "out",
                Stream::Err => "err",
            };
            writeln!(f, "    {stream}| {}", line.text)?;
        }
        Ok(())
    }
}
