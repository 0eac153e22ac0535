//! Reading lines in a way that the request can end: also where they come from a terminal or a
//! pipe, and the next one may be a long time coming.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::fd::AsFd;
use std::path::Path;

use anyhow::Context;
use aplomb::{Interest, Shutdown};
use crc32fast::Hasher;

use crate::journal::Extent;

pub(crate) struct Input {
    reader: BufReader<File>,
}

impl Input {
    /// Opens a file, or stdin.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Input> {
        let file = match path {
            Some(path) => {
                File::open(path).with_context(|| format!("cannot read {}", path.display()))?
            }
            // Not `io::stdin()` itself: that has a buffer of its own, which `ready` does not see.
            None => File::from(io::stdin().as_fd().try_clone_to_owned()?),
        };
        let reader = BufReader::new(file);
        Ok(Input { reader })
    }

    /// What can be read now, after waiting for it where need be; empty at the end. Ends with
    /// `Cancelled` at the request.
    fn available(&mut self, shutdown: &Shutdown) -> anyhow::Result<&[u8]> {
        if self.reader.buffer().is_empty() {
            // The first `?` is for the errors of `poll(2)`, the second for the request.
            shutdown.ready(self.reader.get_ref(), Interest::Read)??;
        }
        Ok(self.reader.fill_buf()?)
    }

    /// Appends the next line to what is there, whole, with its newline if it has one. `false`
    /// when there is none any more.
    pub(crate) fn append_line(
        &mut self,
        lines: &mut Vec<u8>,
        shutdown: &Shutdown,
    ) -> anyhow::Result<bool> {
        let mut line = Vec::new();
        loop {
            let available = self.available(shutdown)?;
            let ended = available.is_empty();
            let newline = available.iter().position(|&byte| byte == b'\n');
            let taken = newline.map_or(available.len(), |at| at + 1);
            line.extend(&available[..taken]);
            self.reader.consume(taken);
            if newline.is_some() || ended {
                lines.extend(&line);
                return Ok(!line.is_empty());
            }
        }
    }

    /// Passes over this many bytes, and returns how many there were.
    pub(crate) fn skip(&mut self, bytes: u64, shutdown: &Shutdown) -> anyhow::Result<Extent> {
        let mut hasher = Hasher::new();
        let mut left = bytes;
        while left > 0 {
            let available = self.available(shutdown)?;
            if available.is_empty() {
                break;
            }
            let taken = available
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            hasher.update(&available[..taken]);
            self.reader.consume(taken);
            left -= taken as u64;
        }
        Ok(Extent {
            bytes: bytes - left,
            checksum: hasher.finalize(),
        })
    }
}
