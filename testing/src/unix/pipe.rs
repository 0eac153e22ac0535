//! Pipes that take nothing.

use std::io::{self, PipeWriter, Write};

use nix::fcntl::{FcntlArg, OFlag, fcntl};

/// Fills a pipe, so that the next write waits.
pub(crate) fn fill(mut writer: &PipeWriter) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(writer, FcntlArg::F_GETFL)?);
    fcntl(writer, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    // Single bytes at the end, so that not one is left free.
    for size in [4096, 1] {
        while writer.write(&vec![b'.'; size]).is_ok() {}
    }
    fcntl(writer, FcntlArg::F_SETFL(flags))?;
    Ok(())
}
