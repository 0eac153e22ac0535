//! What only a program on tokio may do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use aplomb::Shutdown;
use tokio::io::{AsyncBufReadExt, BufReader};

/// As many threads as tokio's blocking pool has, where nobody has said how many.
const POOL: usize = 512;

/// Keeps all of them busy for ever, and some calls waiting.
pub(super) fn fill_pool() {
    static BUSY: AtomicUsize = AtomicUsize::new(0);
    for _ in 0..POOL + 100 {
        tokio::task::spawn_blocking(|| {
            BUSY.fetch_add(1, Ordering::SeqCst);
            loop {
                thread::park();
            }
        });
    }
    while BUSY.load(Ordering::SeqCst) < POOL {
        thread::yield_now();
    }
}

/// Waits as a library does that takes a token, and knows nothing of shields.
pub(super) async fn token(shutdown: &Shutdown) {
    shutdown.token().cancelled().await;
}

/// Reads stdin as tokio does: on a thread of the pool, which nothing can end.
pub(super) async fn line() {
    let mut line = String::new();
    let mut stdin = BufReader::new(tokio::io::stdin());
    stdin.read_line(&mut line).await.expect("stdin is open");
}
