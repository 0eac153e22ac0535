//! The one who sends the signals and takes the times.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::contender::Contender;
use crate::support::machine;
use crate::support::stats::{median, quantile};
use crate::support::table::Table;

const ROUNDS: usize = 800;
/// How far the ratio of two such medians strays from run to run.
const NOISE: f64 = 1.05;

/// Of the contenders, in the order of `Contender::ALL`.
#[derive(Default)]
struct Samples {
    /// Milliseconds from the start of the process until it is ready.
    ready: [Vec<f64>; 3],
    /// Microseconds from just before `kill` until it is awake.
    awake: [Vec<f64>; 3],
}

/// Measures and prints.
pub(crate) fn run() {
    let cpus = machine::cpus();
    let (here, there) = (cpus[0], cpus[cpus.len() - 1]);
    machine::pin(here);
    let mut table = Table::new(format!(
        "From kill to awake: µs, median (first, last decile) of {ROUNDS} processes each, alternating"
    ));
    judge(&mut table, "one CPU", &race(here));
    if here == there {
        table.shown("two CPUs, both awake", "needs 2 CPUs".into());
    } else {
        let samples = machine::while_awake(there, || race(there));
        judge(&mut table, "two CPUs, both awake", &samples);
    }
    print!("{table}");
}

fn judge(table: &mut Table, place: &str, samples: &Samples) {
    let [bare, aplomb, ctrlc] = &samples.awake;
    let spread = |samples: &[f64]| {
        let [low, middle, high] = [0.1, 0.5, 0.9].map(|share| quantile(samples, share));
        format!("{middle:.2} ({low:.2}, {high:.2})")
    };
    table.shown(&format!("{place}: bare handler, eventfd"), spread(bare));
    table.shown(&format!("{place}: ctrlc"), spread(ctrlc));
    table.shown(&format!("{place}: Shutdown::wait()"), spread(aplomb));
    for (whom, times, most) in [("the bare handler", bare, 1.15), ("ctrlc", ctrlc, NOISE)] {
        let ratio = median(aplomb) / median(times);
        table.judged(
            &format!("    against {whom}"),
            &format!("≤ {most}×"),
            format!("{ratio:.2}×"),
            ratio <= most,
        );
    }
    let [bare, aplomb, ctrlc] = samples.ready.each_ref().map(|times| median(times));
    table.shown(
        &format!("{place}: ms from start to ready"),
        format!("{aplomb:.2}; bare {bare:.2}, ctrlc {ctrlc:.2}"),
    );
}

fn race(cpu: usize) -> Samples {
    let mut samples = Samples::default();
    for round in 0..ROUNDS {
        // Each takes each place in the order equally often.
        for turn in 0..Contender::ALL.len() {
            let who = (round + turn) % Contender::ALL.len();
            let (ready, awake) = sample(Contender::ALL[who], cpu);
            samples.ready[who].push(ready);
            samples.awake[who].push(awake);
        }
    }
    samples
}

/// The two times of one process.
fn sample(contender: Contender, cpu: usize) -> (f64, f64) {
    let started = machine::now();
    let mut child = contender
        .command(cpu)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started");
    let mut words = child.stdout.take().expect("it was asked for");
    let mut word = [0];
    words.read_exact(&mut word).expect("it says ready");
    let ready = machine::now();
    // What it does next is to wait; by now it may not have got there.
    machine::settle(child.id(), Duration::from_micros(500));

    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a process id"));
    let mut word = [0; 8];
    let sent = machine::now();
    kill(pid, Signal::SIGTERM).expect("it is there");
    words
        .read_exact(&mut word)
        .expect("it says when it was woken");
    let awake = u64::from_ne_bytes(word);

    child.wait().expect("it is our child");
    let seconds = |from, to: u64| Duration::from_nanos(to.saturating_sub(from)).as_secs_f64();
    (seconds(started, ready) * 1e3, seconds(sent, awake) * 1e6)
}
