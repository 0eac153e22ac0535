//! Where a stream of a program goes, also one that takes nothing or fails.

use std::io::{self, PipeReader};
use std::process::Stdio;

/// Where a stream of a program goes: to a test that reads it, or to something that does not take it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Sink {
    /// To a pipe that the test reads all the time.
    #[default]
    Captured,
    /// To an empty pipe that nobody reads before [`Child::start_reading`](crate::Child::start_reading). When the pipe
    /// is full (on Linux by default after 64 KiB), the program waits in its next write.
    Unread,
    /// To a pipe that is full, and that nobody reads before [`Child::start_reading`](crate::Child::start_reading): the
    /// first write waits. The first line that is read then begins with the dots that filled the pipe.
    #[cfg(unix)]
    Full,
    /// To a pipe whose reader has gone: every write fails.
    Closed,
    /// To `/dev/full`, which Linux and some others have: every write fails with `ENOSPC`, as on a disk that has no
    /// room.
    #[cfg(unix)]
    NoSpace,
}

/// The test's end of a stream.
#[derive(Debug)]
pub(crate) enum Source {
    Reading(PipeReader),
    Unread(PipeReader),
    Nothing,
}

impl Sink {
    /// The program's end, and the test's.
    pub(crate) fn open(self) -> io::Result<(Stdio, Source)> {
        #[cfg(unix)]
        if self == Self::NoSpace {
            let full = std::fs::File::options().write(true).open("/dev/full")?;
            return Ok((full.into(), Source::Nothing));
        }
        // No program that is started at the same time keeps them open: the standard library sees to that.
        let (reader, writer) = io::pipe()?;
        let source = match self {
            Self::Captured => Source::Reading(reader),
            Self::Unread => Source::Unread(reader),
            #[cfg(unix)]
            Self::Full => {
                crate::unix::fill(&writer)?;
                Source::Unread(reader)
            }
            _ => Source::Nothing,
        };
        Ok((writer.into(), source))
    }
}
