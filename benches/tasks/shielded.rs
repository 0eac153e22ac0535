//! A shielded async function, called from a task, beside what it is made of.

use std::hint::black_box;
use std::time::Instant;

use aplomb::shielded;
use tokio::runtime::Runtime;
use tokio::task::yield_now;

use crate::support::stats::{median, median_ratio, quantile};
use crate::support::table::Table;

const ROUNDS: usize = 101;
/// Calls in a batch.
const CALLS: u64 = 5_000;

#[allow(clippy::unused_async, reason = "it is what a spawn takes")]
async fn plain(input: u64) -> u64 {
    black_box(input)
}

#[shielded]
async fn owned(input: u64) -> u64 {
    black_box(input)
}

#[shielded(inline)]
async fn inline(input: &u64) -> u64 {
    black_box(*input)
}

async fn plain_that_waits(input: u64) -> u64 {
    yield_now().await;
    black_box(input)
}

#[shielded]
async fn owned_that_waits(input: u64) -> u64 {
    yield_now().await;
    black_box(input)
}

/// Nanoseconds a call.
macro_rules! batch {
    ($input:ident => $call:expr) => {{
        let begin = Instant::now();
        for $input in 0..CALLS {
            let _ = black_box($call.await);
        }
        #[allow(clippy::cast_precision_loss, reason = "a small number")]
        let calls = CALLS as f64;
        begin.elapsed().as_secs_f64() * 1e9 / calls
    }};
}

pub(crate) fn measure(runtime: &Runtime, flavor: &str) {
    let mut samples: [Vec<f64>; 6] = Default::default();
    for _ in 0..ROUNDS {
        let round = runtime.block_on(async {
            let round = tokio::spawn(async {
                [
                    batch!(input => plain(input)),
                    batch!(input => inline(&input)),
                    batch!(input => tokio::spawn(plain(input))),
                    batch!(input => owned(input)),
                    batch!(input => tokio::spawn(plain_that_waits(input))),
                    batch!(input => owned_that_waits(input)),
                ]
            });
            round.await.expect("it does not panic")
        });
        for (samples, sample) in samples.iter_mut().zip(round) {
            samples.push(sample);
        }
    }
    let [plain, inline, spawn, owned, spawn_waits, owned_waits] = &samples;
    let mut table = Table::new(format!(
        "Shielded async functions, {flavor}: ns a call, median (first decile) of {ROUNDS} interleaved rounds"
    ));
    let ns = |samples: &[f64]| format!("{:.0} ({:.0})", median(samples), quantile(samples, 0.1));
    table.judged(
        "#[shielded(inline)]",
        "≤ 60",
        ns(inline),
        median(inline) <= 60.0,
    );
    for (what, bare, ours) in [
        ("that never waits", spawn, owned),
        ("that waits once", spawn_waits, owned_waits),
    ] {
        let ratio = median_ratio(ours, bare);
        table.judged(
            &format!("#[shielded], {what}"),
            "≤ 1.2× of a spawn",
            format!("{ratio:.2}×: {}, spawn {}", ns(ours), ns(bare)),
            ratio <= 1.2,
        );
    }
    table.shown("the same function without a shield", ns(plain));
    print!("{table}");
}
