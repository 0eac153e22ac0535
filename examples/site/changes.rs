//! What has changed among the pages, told by the kernel: nobody looks again and again.

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
    /// Has a byte for each, as long as there is room for it. A channel of the standard library could not
    /// be waited for together with the request.
    bytes: UnixStream,
    settle: Duration,
    /// Watches until it is dropped.
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Watches a folder. After a change it waits so long for more of them.
    pub(crate) fn watch(folder: &Path, settle: Duration) -> anyhow::Result<Changes> {
        let (bytes, to) = UnixStream::pair()?;
        bytes.set_nonblocking(true)?;
        to.set_nonblocking(true)?;
        let cannot_watch = || format!("cannot watch {}", folder.display());
        let of = folder.to_owned();
        let mut watcher = notify::recommended_watcher(move |event| {
            if matters(&event, &of) {
                // Where there is no room there are enough already.
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

    /// Waits for a change, and for those that come with it: what is saved at once is built at once. Ends with
    /// `Cancelled` at the request.
    pub(crate) fn wait(&mut self, shutdown: &Shutdown) -> anyhow::Result<()> {
        shutdown.ready(&self.bytes, Interest::Read)??;
        say("a page has changed");
        shutdown.sleep(self.settle)?;
        // What comes from here on is for the build after this one.
        loop {
            match self.bytes.read(&mut [0; 64]) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error).context("cannot hear of changes"),
            }
        }
    }
}

/// Whether there may be something new to build. That a page is read, by a build too, is nothing new.
fn matters(event: &notify::Result<Event>, folder: &Path) -> bool {
    match event {
        Ok(event) if event.kind.is_access() => false,
        // It has none where the kernel had to leave some out.
        Ok(event) => {
            let is_of_us =
                |path: &PathBuf| path == folder || path.extension() == Some(OsStr::new("md"));
            event.paths.is_empty() || event.paths.iter().any(is_of_us)
        }
        Err(_) => true,
    }
}
