//! How many clients are served at once.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::num::NonZero;
use std::sync::Arc;

use aplomb::{Cancelled, Interest, Shutdown};

/// A pipe with a byte for each place that is free, as `make` has it for its jobs: unlike a semaphore it can
/// be waited for together with the request.
pub(crate) struct Places {
    free: PipeReader,
    back: PipeWriter,
    all: u16,
}

/// A place that somebody has; it is free again when this is dropped.
pub(crate) struct Place(Arc<Places>);

impl Places {
    pub(crate) fn new(all: NonZero<u16>) -> io::Result<Arc<Places>> {
        let all = all.get();
        let (free, mut back) = io::pipe()?;
        back.write_all(&vec![0; all.into()])?;
        Ok(Arc::new(Places { free, back, all }))
    }

    /// Waits for a place: an interruption point. It is for one thread, so that nobody else takes what was seen.
    pub(crate) fn take(
        self: &Arc<Self>,
        shutdown: &Shutdown,
    ) -> io::Result<Result<Place, Cancelled>> {
        if let Err(cancelled) = shutdown.ready(&self.free, Interest::Read)? {
            return Ok(Err(cancelled));
        }
        (&self.free).read_exact(&mut [0])?;
        Ok(Ok(Place(Arc::clone(self))))
    }

    /// Waits until nobody has a place any more, nor gets one.
    pub(crate) fn close(&self) -> io::Result<()> {
        (&self.free).read_exact(&mut vec![0; self.all.into()])
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // There is room for all of them.
        let _ = (&self.0.back).write_all(&[0]);
    }
}
