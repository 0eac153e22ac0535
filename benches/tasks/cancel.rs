//! Waking all who await the cancellation.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use aplomb::Shutdown;
use tokio::runtime::Runtime;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use crate::support::stats::{median, median_ratio, quantile};
use crate::support::table::Table;

/// How many tasks wait, and how often that is measured.
const SIZES: [(usize, usize); 3] = [(1_000, 101), (100_000, 15), (1_000_000, 5)];
/// How far the ratio of two such medians strays from run to run.
const NOISE: f64 = 1.05;

/// Who cancels.
#[derive(Clone, Copy, Debug)]
enum From {
    /// A thread outside the runtime, as the one that wakes tasks after a signal.
    Thread,
    /// A task on it.
    Task,
}

/// Something that tasks await, and that is cancelled once.
trait Cancel: Clone + Send + Sync + 'static {
    fn new() -> Self;
    fn cancelled(&self) -> impl Future<Output = ()> + Send;
    fn cancel(&self);
}

impl Cancel for Shutdown {
    fn new() -> Self {
        Shutdown::new()
    }

    fn cancelled(&self) -> impl Future<Output = ()> + Send {
        self.cancelled()
    }

    fn cancel(&self) {
        self.request("a benchmark");
    }
}

impl Cancel for CancellationToken {
    fn new() -> Self {
        CancellationToken::new()
    }

    fn cancelled(&self) -> impl Future<Output = ()> + Send {
        self.cancelled()
    }

    fn cancel(&self) {
        self.cancel();
    }
}

pub(crate) fn measure(runtime: &Runtime, flavor: &str) {
    let mut table = Table::new(format!(
        "Cancelling waiting tasks, {flavor}: ms until all have run, median (first decile), \
         alternating with a CancellationToken"
    ));
    for (tasks, rounds) in SIZES {
        for from in [From::Thread, From::Task] {
            let (mut ours, mut token) = (Vec::new(), Vec::new());
            for round in 0..rounds {
                let mut first = || ours.push(cancel::<Shutdown>(runtime, tasks, from));
                let mut second = || token.push(cancel::<CancellationToken>(runtime, tasks, from));
                if round % 2 == 0 {
                    first();
                    second();
                } else {
                    second();
                    first();
                }
            }
            let ratio = median_ratio(&ours, &token);
            let ms =
                |samples: &[f64]| format!("{:.2} ({:.2})", median(samples), quantile(samples, 0.1));
            let from = format!("{from:?}").to_lowercase();
            table.judged(
                &format!("{tasks} tasks, from a {from}"),
                &format!("≤ {NOISE}×"),
                format!("{ratio:.2}×: {}, token {}", ms(&ours), ms(&token)),
                ratio <= NOISE,
            );
        }
    }
    print!("{table}");
}

/// Milliseconds from the call until all tasks have run.
fn cancel<C: Cancel>(runtime: &Runtime, tasks: usize, from: From) -> f64 {
    let cancel = C::new();
    let waiting = Arc::new(AtomicUsize::new(0));
    let woken = Arc::new(AtomicUsize::new(0));
    runtime.block_on(async {
        for _ in 0..tasks {
            let (cancel, waiting, woken) = (cancel.clone(), waiting.clone(), woken.clone());
            drop(tokio::spawn(async move {
                waiting.fetch_add(1, Ordering::Relaxed);
                cancel.cancelled().await;
                woken.fetch_add(1, Ordering::Relaxed);
            }));
        }
        while waiting.load(Ordering::Relaxed) < tasks {
            yield_now().await;
        }
        // The last of them counts before it waits.
        for _ in 0..100 {
            yield_now().await;
        }
        let begin = Instant::now();
        match from {
            From::Thread => drop(thread::spawn(move || cancel.cancel())),
            From::Task => drop(tokio::spawn(async move { cancel.cancel() })),
        }
        while woken.load(Ordering::Relaxed) < tasks {
            yield_now().await;
        }
        begin.elapsed().as_secs_f64() * 1e3
    })
}

/// Asking whether it is cancelled.
pub(crate) fn measure_check() {
    const ROUNDS: usize = 301;
    const CALLS: u32 = 100_000;
    fn time(check: impl Fn() -> bool) -> f64 {
        let begin = Instant::now();
        for _ in 0..CALLS {
            black_box(check());
        }
        begin.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
    }
    let (shutdown, token) = (Shutdown::new(), CancellationToken::new());
    let (mut requested, mut checkpoint, mut is_cancelled) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        requested.push(time(|| black_box(&shutdown).is_requested()));
        checkpoint.push(time(|| black_box(&shutdown).checkpoint().is_err()));
        is_cancelled.push(time(|| black_box(&token).is_cancelled()));
    }
    let mut table = Table::new("Asking whether it is cancelled: ns, median");
    for (what, times) in [
        ("is_requested()", &requested),
        ("checkpoint()", &checkpoint),
    ] {
        let ratio = median_ratio(times, &is_cancelled);
        table.judged(
            what,
            "≤ 1/5 of a token",
            format!("1/{:.1}: {:.2}", 1.0 / ratio, median(times)),
            ratio <= 0.2,
        );
    }
    table.shown(
        "CancellationToken::is_cancelled",
        format!("{:.2}", median(&is_cancelled)),
    );
    print!("{table}");
}
