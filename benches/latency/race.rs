//! The one who sends the signals and takes the times.

use std::io::Read;
use std::process::{Child, ChildStdout, Stdio};
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
        "From kill to awake: µs, median (first, last decile) of {ROUNDS} each, alternating"
    ));
    judge(&mut table, "one CPU", &race(here));
    if here == there {
        table.shown("two CPUs, both awake", "needs 2 CPUs".into());
    } else {
        let samples = machine::while_awake(there, || race(there));
        judge(&mut table, "two CPUs, both awake", &samples);
    }
    show(
        &mut table,
        "one CPU, first signal of a process",
        &race_fresh(here),
    );
    print!("{table}");
}

fn judge(table: &mut Table, place: &str, samples: &Samples) {
    show(table, place, samples);
    let [bare, aplomb, ctrlc] = &samples.awake;
    for (whom, times, most) in [("the bare handler", bare, 1.15), ("ctrlc", ctrlc, NOISE)] {
        let ratio = median(aplomb) / median(times);
        table.judged(
            &format!("    against {whom}"),
            &format!("≤ {most}×"),
            format!("{ratio:.2}×"),
            ratio <= most,
        );
    }
}

fn show(table: &mut Table, place: &str, samples: &Samples) {
    let [bare, aplomb, ctrlc] = &samples.awake;
    let spread = |samples: &[f64]| {
        let [low, middle, high] = [0.1, 0.5, 0.9].map(|share| quantile(samples, share));
        format!("{middle:.2} ({low:.2}, {high:.2})")
    };
    table.shown(&format!("{place}: bare handler, eventfd"), spread(bare));
    table.shown(&format!("{place}: ctrlc"), spread(ctrlc));
    table.shown(&format!("{place}: Shutdown::wait()"), spread(aplomb));
    let [bare, aplomb, ctrlc] = samples.ready.each_ref().map(|times| median(times));
    table.shown(
        &format!("{place}: ms until it was ready"),
        format!("{aplomb:.2}; bare {bare:.2}, ctrlc {ctrlc:.2}"),
    );
}

/// All contenders live, each is woken again and again.
fn race(cpu: usize) -> Samples {
    let mut contenders = Contender::ALL.map(|who| Process::start(who, cpu));
    let mut samples = Samples::default();
    for contender in &mut contenders {
        contender.sample(); // The first is of a process that has not done this yet.
    }
    in_turns(ROUNDS, |who| samples.note(who, contenders[who].sample()));
    samples
}

/// A process of its own for each sample.
fn race_fresh(cpu: usize) -> Samples {
    let mut samples = Samples::default();
    in_turns(ROUNDS / 2, |who| {
        let mut process = Process::start(Contender::ALL[who], cpu);
        samples.note(who, process.sample());
    });
    samples
}

/// Each takes each place in the order equally often.
fn in_turns(rounds: usize, mut turn: impl FnMut(usize)) {
    for round in 0..rounds {
        for place in 0..Contender::ALL.len() {
            turn((round + place) % Contender::ALL.len());
        }
    }
}

impl Samples {
    fn note(&mut self, who: usize, (ready, awake): (f64, f64)) {
        self.ready[who].push(ready);
        self.awake[who].push(awake);
    }
}

/// A contender that runs.
struct Process {
    child: Child,
    words: ChildStdout,
    /// When it was asked to be ready.
    asked: u64,
}

impl Process {
    fn start(contender: Contender, cpu: usize) -> Self {
        let asked = machine::now();
        let mut child = contender
            .command(cpu)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can be started");
        let words = child.stdout.take().expect("it was asked for");
        Self {
            child,
            words,
            asked,
        }
    }

    /// Milliseconds until it was ready, microseconds until it was awake.
    fn sample(&mut self) -> (f64, f64) {
        let mut word = [0];
        self.words.read_exact(&mut word).expect("it says ready");
        let ready = machine::now();
        // What it does next is to wait; by now it may not have got there.
        machine::settle(self.child.id(), Duration::from_micros(500));

        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        let mut word = [0; 8];
        let sent = machine::now();
        kill(pid, Signal::SIGTERM).expect("it is there");
        self.words
            .read_exact(&mut word)
            .expect("it says when it was woken");
        let awake = u64::from_ne_bytes(word);
        let asked = std::mem::replace(&mut self.asked, awake);
        let seconds = |from, to: u64| Duration::from_nanos(to.saturating_sub(from)).as_secs_f64();
        (seconds(asked, ready) * 1e3, seconds(sent, awake) * 1e6)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
