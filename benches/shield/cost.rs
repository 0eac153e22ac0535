//! The rounds, and the table made of them.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use aplomb::{Shutdown, shielded};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, pthread_sigmask};

use crate::support::machine;
use crate::support::stats::{median, median_ratio, quantile};
use crate::support::table::Table;

const ROUNDS: usize = 600;
/// Calls in a batch: about half a millisecond, too short to be interrupted often.
const CALLS: u32 = 100_000;
/// Pairs of system calls in a batch: fewer than of the other calls, since a pair takes much longer.
const SYSTEM_CALLS: u32 = 2_000;

#[shielded]
fn shielded_work(input: u32) -> u32 {
    black_box(input)
}

fn plain_work(input: u32) -> u32 {
    black_box(input)
}

#[inline(never)]
#[shielded]
fn shielded_call(input: u32) -> u32 {
    black_box(input)
}

#[inline(never)]
fn plain_call(input: u32) -> u32 {
    black_box(input)
}

/// The body of the app: measures in `run`, where users' code is.
pub(crate) fn measure(shutdown: &Shutdown) {
    let mut plain = Vec::new();
    let mut outermost = Vec::new();
    let mut called = Vec::new();
    let mut called_plain = Vec::new();
    let mut paired = Vec::new();
    let mut nested = Vec::new();
    let mut requested = Vec::new();
    let mut sigmask = Vec::new();
    let two_cpus = machine::cpus().len() >= 2;
    let blocked: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]
        .into_iter()
        .collect();
    for _ in 0..ROUNDS {
        plain.push(time(CALLS, plain_work));
        outermost.push(shielded_batch());
        called.push(time(CALLS, shielded_call));
        called_plain.push(time(CALLS, plain_call));
        if two_cpus {
            paired.push(on_two_threads());
        }
        nested.push(inside_a_shield());
        requested.push(time(CALLS, |_| black_box(shutdown).is_requested()));
        sigmask.push(time(SYSTEM_CALLS, |_| block_and_restore(&blocked)));
    }

    let mut table = Table::new(format!(
        "Shields: ns a call, the loop included, median (first decile) of {ROUNDS} interleaved rounds"
    ));
    let ns = |samples: &[f64]| format!("{:.2} ({:.2})", median(samples), quantile(samples, 0.1));
    table.judged(
        "outermost #[shielded] function",
        "≤ 6",
        ns(&outermost),
        median(&outermost) <= 6.0,
    );
    let share = median_ratio(&sigmask, &outermost);
    table.judged(
        "the same against the sigmask pair",
        "≤ 1/30",
        format!("1/{share:.0}"),
        share >= 30.0,
    );
    if two_cpus {
        // The first deciles are compared, and not the medians. Now and then something else on the machine takes
        // one of the two CPUs away, which makes some rounds slow. The cost that the threads cause each other is
        // there in every round.
        let spread = quantile(&paired, 0.1) / quantile(&outermost, 0.1);
        table.judged(
            "the same on 2 threads at once",
            "≤ 1.3× of one",
            format!("{spread:.2}×, {}", ns(&paired)),
            spread <= 1.3,
        );
    } else {
        table.shown("the same on 2 threads at once", "needs 2 CPUs".into());
    }
    table.judged(
        "nested #[shielded] function",
        "≤ 3",
        ns(&nested),
        median(&nested) <= 3.0,
    );
    table.judged(
        "Shutdown::is_requested()",
        "≤ 1",
        ns(&requested),
        median(&requested) <= 1.0,
    );
    table.shown("pthread_sigmask: block, restore", ns(&sigmask));
    table.shown("the same function without a shield", ns(&plain));
    table.shown("not inlined: #[shielded]", ns(&called));
    table.shown("not inlined: without a shield", ns(&called_plain));
    print!("{table}");
}

/// Makes one batch of calls, and returns the nanoseconds that each call took.
fn time<R>(calls: u32, mut call: impl FnMut(u32) -> R) -> f64 {
    let begin = Instant::now();
    for input in 0..calls {
        black_box(call(input));
    }
    begin.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

/// This function is never inlined, so that the same machine code is measured whoever calls it.
#[inline(never)]
fn shielded_batch() -> f64 {
    time(CALLS, shielded_work)
}

#[shielded]
fn inside_a_shield() -> f64 {
    shielded_batch()
}

/// The slower of two threads that run their batches at the same time.
fn on_two_threads() -> f64 {
    let arrived = AtomicU32::new(0);
    let batch = || {
        shielded_work(0); // A thread's first shield finds its slot.
        arrived.fetch_add(1, Ordering::SeqCst);
        while arrived.load(Ordering::SeqCst) < 2 {
            std::hint::spin_loop();
        }
        shielded_batch()
    };
    thread::scope(|scope| {
        let other = scope.spawn(batch);
        let here = batch();
        here.max(other.join().expect("the batch does not panic"))
    })
}

/// A program without shields does this around code that must not be cut: it blocks the signals, and restores
/// the mask.
fn block_and_restore(blocked: &SigSet) {
    let mut before = SigSet::empty();
    pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(blocked), Some(&mut before))
        .expect("a mask can be set");
    pthread_sigmask(SigmaskHow::SIG_SETMASK, Some(&before), None).expect("a mask can be restored");
}
