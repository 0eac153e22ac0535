//! Where a stream of a program goes, also one that takes nothing or fails.

use std::fs::File;
use std::io::{self, Write};
use std::process::Stdio;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe2;

/// Where a stream of a program goes: to a test that reads it, or to something that does not take it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Sink {
    /// To a pipe that the test reads all the time.
    #[default]
    Captured,
    /// To an empty pipe that nobody reads before [`Child::start_reading`](crate::Child::start_reading). When the pipe
    /// is full (by default after 64 KiB), the program waits in its next write.
    Unread,
    /// To a pipe that is full, and that nobody reads before [`Child::start_reading`](crate::Child::start_reading): the
    /// first write waits. The first line that is read then begins with the dots that filled the pipe.
    Full,
    /// To a pipe whose reader has gone: every write fails with `EPIPE`.
    Closed,
    /// To `/dev/full`: every write fails with `ENOSPC`, as on a disk that has no room.
    NoSpace,
}

/// The test's end of a stream.
#[derive(Debug)]
pub(crate) enum Source {
    Reading(File),
    Unread(File),
    Nothing,
}

impl Sink {
    /// The program's end, and the test's.
    pub(crate) fn open(self) -> io::Result<(Stdio, Source)> {
        if self == Self::NoSpace {
            let full = File::options().write(true).open("/dev/full")?;
            return Ok((full.into(), Source::Nothing));
        }
        // Close-on-exec: a program that is started at the same time must not keep them open.
        let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
        let (reader, mut writer) = (File::from(reader), File::from(writer));
        let source = match self {
            Self::Captured => Source::Reading(reader),
            Self::Unread => Source::Unread(reader),
            Self::Full => {
                fill(&mut writer)?;
                Source::Unread(reader)
            }
            Self::Closed | Self::NoSpace => Source::Nothing,
        };
        Ok((writer.into(), source))
    }
}

/// Fills a pipe, so that the next write waits.
fn fill(writer: &mut File) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(&*writer, FcntlArg::F_GETFL)?);
    fcntl(&*writer, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    // Single bytes at the end, so that not one is left free.
    for size in [4096, 1] {
        while writer.write(&vec![b'.'; size]).is_ok() {}
    }
    fcntl(&*writer, FcntlArg::F_SETFL(flags))?;
    Ok(())
}
