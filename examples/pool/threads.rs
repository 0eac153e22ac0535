//! The threads of the pool.

use std::sync::Arc;
use std::{io, thread};

use aplomb::Shutdown;

use crate::queue::{Queue, Unit};
use crate::say;

/// Nobody joins it: `stop` waits for units, and a thread without one may end with the process.
///
/// Nor is a unit shielded. What is shielded is waited for at any price, and a unit that is stuck
/// is not worth that.
pub(crate) fn spawn(number: usize, queue: &Arc<Queue>, shutdown: &Shutdown) -> io::Result<()> {
    let (queue, shutdown) = (Arc::clone(queue), shutdown.clone());
    let thread = thread::Builder::new().name(format!("pool {number}"));
    thread.spawn(move || {
        // Whatever ends this thread before its time, the pool must not go on with one less.
        let guard = shutdown.drop_guard();
        while let Some(unit) = queue.take() {
            let result = compute(&unit);
            queue.done(unit, result);
        }
        guard.disarm();
    })?;
    Ok(())
}

/// What takes long: a checksum of a great many numbers.
fn compute(unit: &Unit) -> u32 {
    if unit.stuck {
        say(format_args!("unit {} is stuck", unit.number));
        loop {
            thread::park();
        }
    }
    let mut hasher = crc32fast::Hasher::new();
    for step in 0..unit.effort * 1000 {
        hasher.update(&(unit.number ^ step).to_le_bytes());
    }
    hasher.finalize()
}
