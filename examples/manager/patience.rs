//! How long jobs in hand may take when the manager stops.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use aplomb::Shutdown;
use tokio::time::sleep;

/// For all together, from the request on.
#[derive(Clone)]
pub(crate) struct Patience {
    shutdown: Shutdown,
    lasts: Duration,
    began: Arc<OnceLock<Instant>>,
}

impl Patience {
    pub(crate) fn new(lasts: Duration, shutdown: &Shutdown) -> Patience {
        Patience {
            shutdown: shutdown.clone(),
            lasts,
            began: Arc::default(),
        }
    }

    pub(crate) async fn is_over(&self) {
        self.shutdown.cancelled().await;
        let began = self.began.get_or_init(Instant::now);
        sleep(self.lasts.saturating_sub(began.elapsed())).await;
    }
}
