//! Waits for changes of the pages. The kernel tells of them, so that nobody has to look again and again.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use aplomb::{Interest, Shutdown};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::say;

pub(crate) struct Changes {
    /// A socket that has a byte for each change, as long as there is room. It is a socket because a channel of
    /// the standard library cannot be waited for together with the request.
    bytes: UnixStream,
    settle: Duration,
    /// The folder is watched until this is dropped.
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Watches a folder. `settle` is how long `wait` goes on waiting for more changes after the first one.
    pub(crate) fn watch(folder: &Path, settle: Duration) -> anyhow::Result<Changes> {
        let (bytes, to) = UnixStream::pair()?;
        bytes.set_nonblocking(true)?;
        to.set_nonblocking(true)?;
        let cannot_watch = || format!("cannot watch {}", folder.display());
        let of = folder.to_owned();
        let mut watcher = notify::recommended_watcher(move |event| {
            if matters(&event, &of) {
                // If the socket has no room, it has enough bytes to wake `wait` already.
                let _ = (&to).write(&[1]);
            }
        })
        .with_context(cannot_watch)?;
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .with_context(cannot_watch)?;
        Ok(Changes {
            bytes,
            settle,
            _watcher: watcher,
        })
    }

    /// Waits for a change, and a little longer for others that come with it: pages that are saved together are
    /// built together. Ends with `Cancelled` at the request.
    pub(crate) fn wait(&mut self, shutdown: &Shutdown) -> anyhow::Result<()> {
        shutdown.ready(&self.bytes, Interest::Read)??;
        say("a page has changed");
        shutdown.sleep(self.settle)?;
        // All changes so far are taken out here. A change that comes later is for the build after this one.
        loop {
            match self.bytes.read(&mut [0; 64]) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error).context("cannot hear of changes"),
            }
        }
    }
}

/// Whether there may be something new to build. Reading a page does not count, since a build reads them too.
fn matters(event: &notify::Result<Event>, folder: &Path) -> bool {
    match event {
        Ok(event) if event.kind.is_access() => false,
        // An event has no paths if the kernel had to leave some events out. Then any page may have changed.
        Ok(event) => {
            let is_of_us =
                |path: &PathBuf| path == folder || path.extension() == Some(OsStr::new("md"));
            event.paths.is_empty() || event.paths.iter().any(is_of_us)
        }
        Err(_) => true,
    }
}
