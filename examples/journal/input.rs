//! Reading lines in a way that the request can end: also where they come from a terminal or a
//! pipe, and the next one may be a long time coming.

use std::fs::File;
use std::io::{self, Read};
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(windows)]
use std::os::windows::io::AsHandle;
use std::path::Path;

use anyhow::Context;
#[cfg(unix)]
use aplomb::Interest;
use aplomb::Shutdown;
use crc32fast::Hasher;

use crate::journal::Extent;

pub(crate) struct Input {
    file: File,
    /// What was read last, and how much of it is used.
    chunk: Vec<u8>,
    used: usize,
}

impl Input {
    /// Opens a file, or stdin.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Input> {
        let file = match path {
            Some(path) => {
                File::open(path).with_context(|| format!("cannot read {}", path.display()))?
            }
            // Not `io::stdin()` itself: that has a buffer of its own, which `ready` does not see.
            #[cfg(unix)]
            None => File::from(io::stdin().as_fd().try_clone_to_owned()?),
            #[cfg(windows)]
            None => File::from(io::stdin().as_handle().try_clone_to_owned()?),
        };
        Ok(Input {
            file,
            chunk: Vec::new(),
            used: 0,
        })
    }

    /// What can be read now, after waiting for it where need be; empty at the end. Ends with
    /// `Cancelled` at the request.
    fn available(&mut self, shutdown: &Shutdown) -> anyhow::Result<&[u8]> {
        if self.used == self.chunk.len() {
            self.chunk = read(&self.file, shutdown)?;
            self.used = 0;
        }
        Ok(&self.chunk[self.used..])
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
            self.used += taken;
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
            self.used += taken;
            left -= taken as u64;
        }
        Ok(Extent {
            bytes: bytes - left,
            checksum: hasher.finalize(),
        })
    }
}

/// Reads what is there, after waiting for it where need be.
#[cfg(unix)]
fn read(file: &File, shutdown: &Shutdown) -> anyhow::Result<Vec<u8>> {
    // The first `?` is for the errors of `poll(2)`, the second for the request.
    shutdown.ready(file, Interest::Read)??;
    Ok(read_chunk(file)?)
}

/// Reads what is there, after waiting for it where need be. Only sockets tell on Windows whether they are ready, so a
/// thread reads, which is left behind at the request.
#[cfg(windows)]
fn read(file: &File, shutdown: &Shutdown) -> anyhow::Result<Vec<u8>> {
    let file = file.try_clone()?;
    // The first `?` is for the request, the second for the errors of the read.
    Ok(shutdown.run_blocking(move || read_chunk(&file))??)
}

fn read_chunk(mut file: &File) -> io::Result<Vec<u8>> {
    let mut chunk = vec![0; 8192];
    let read = file.read(&mut chunk)?;
    chunk.truncate(read);
    Ok(chunk)
}
