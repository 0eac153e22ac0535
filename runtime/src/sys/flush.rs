//! The last flush of streams, which may have to wait for a reader.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::system::{flush_all_c_streams, stdout_is_writable};
use crate::sync::ask;

/// Writes out what C code has in its buffered streams (`fflush(3)`). `exit(3)` would do that after the last
/// exit function, but a process that dies by a signal in that function does not get there.
///
/// Returns whether all was written in time. `fflush` takes the lock of each stream, and whoever blocks in `getchar`
/// never gives that lock back.
pub(crate) fn flush_c_streams() -> bool {
    flush_in_time(flush_all_c_streams)
}

/// Writes out what the standard library has buffered for standard output.
///
/// Returns whether all was written in time. Where it was not, the thread that writes has the stream's lock, and
/// `std::process::exit` does not wait for who has that.
pub(crate) fn flush_stdout() -> bool {
    flush_in_time(|| {
        // Nobody can be told of an error: the process ends.
        let _ = io::stdout().flush();
    })
}

/// Has a thread of its own flush streams, and waits for it, but only so long: a second where standard output takes
/// nothing. Returns whether all was flushed by then, or there is no thread.
fn flush_in_time(flush: impl FnOnce() + Send + 'static) -> bool {
    const ENOUGH: Duration = Duration::from_millis(200);
    const MOST: Duration = Duration::from_secs(1);
    let began = Instant::now();
    let Ok(flushed) = ask("aplomb-flush", (), |()| flush()) else {
        return true;
    };
    while !flushed.wait(ENOUGH) {
        if stdout_is_writable() || began.elapsed() >= MOST {
            return false;
        }
    }
    true
}
