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

/// Of one contender.
#[derive(Default)]
struct Samples {
    /// Milliseconds from the start of the process until it is ready.
    ready: Vec<f64>,
    /// Microseconds from just before `kill` until it is awake.
    awake: Vec<f64>,
}

/// Measures and prints.
pub(crate) fn run() {
    let cpus = machine::cpus();
    let (here, there) = (cpus[0], cpus[cpus.len() - 1]);
    machine::pin(here);
    let mut table = Table::new(format!(
        "From kill to awake: µs, median (first, last decile) of {ROUNDS} each, alternating"
    ));
    judge(&mut table, "one CPU", &race(Contender::THREADS, here));
    judge_tasks(&mut table, "one CPU", &race(Contender::TASKS, here));
    if here == there {
        table.shown("two CPUs, both awake", "needs 2 CPUs".into());
    } else {
        let place = "two CPUs, both awake";
        let samples = machine::while_awake(there, || race(Contender::THREADS, there));
        judge(&mut table, place, &samples);
        let samples = machine::while_awake(there, || race(Contender::TASKS, there));
        judge_tasks(&mut table, place, &samples);
    }
    show(
        &mut table,
        "one CPU, first signal of a process",
        &race_fresh(here),
    );
    print!("{table}");
}

fn judge(table: &mut Table, place: &str, samples: &[Samples; 3]) {
    show(table, place, samples);
    let [bare, aplomb, ctrlc] = samples;
    for (whom, other, most) in [("the bare handler", bare, 1.15), ("ctrlc", ctrlc, NOISE)] {
        compare(table, whom, aplomb, other, most);
    }
}

fn judge_tasks(table: &mut Table, place: &str, samples: &[Samples; 4]) {
    let [ours, tokio, ours_multi, tokio_multi] = samples;
    for (flavor, ours, tokio) in [
        ("current-thread", ours, tokio),
        ("multi-thread", ours_multi, tokio_multi),
    ] {
        table.shown(
            &format!("{place}, {flavor}: tokio::signal, a token"),
            spread(tokio),
        );
        table.shown(
            &format!("{place}, {flavor}: cancelled().await"),
            spread(ours),
        );
        compare(table, "tokio::signal", ours, tokio, NOISE);
    }
}

fn compare(table: &mut Table, whom: &str, ours: &Samples, other: &Samples, most: f64) {
    let ratio = median(&ours.awake) / median(&other.awake);
    table.judged(
        &format!("    against {whom}"),
        &format!("≤ {most}×"),
        format!("{ratio:.2}×"),
        ratio <= most,
    );
}

fn spread(samples: &Samples) -> String {
    let [low, middle, high] = [0.1, 0.5, 0.9].map(|share| quantile(&samples.awake, share));
    format!("{middle:.2} ({low:.2}, {high:.2})")
}

fn show(table: &mut Table, place: &str, samples: &[Samples; 3]) {
    let [bare, aplomb, ctrlc] = samples;
    table.shown(&format!("{place}: bare handler, eventfd"), spread(bare));
    table.shown(&format!("{place}: ctrlc"), spread(ctrlc));
    table.shown(&format!("{place}: Shutdown::wait()"), spread(aplomb));
    let [bare, aplomb, ctrlc] = samples.each_ref().map(|samples| median(&samples.ready));
    table.shown(
        &format!("{place}: ms until it was ready"),
        format!("{aplomb:.2}; bare {bare:.2}, ctrlc {ctrlc:.2}"),
    );
}

/// All contenders live, each is woken again and again.
fn race<const N: usize>(contenders: [Contender; N], cpu: usize) -> [Samples; N] {
    let mut processes = contenders.map(|who| Process::start(who, cpu));
    let mut samples = std::array::from_fn(|_| Samples::default());
    for process in &mut processes {
        process.sample(); // The first is of a process that has not done this yet.
    }
    in_turns(ROUNDS, N, |who| samples[who].note(processes[who].sample()));
    samples
}

/// A process of its own for each sample.
fn race_fresh(cpu: usize) -> [Samples; 3] {
    let mut samples = std::array::from_fn(|_| Samples::default());
    in_turns(ROUNDS / 2, samples.len(), |who| {
        let mut process = Process::start(Contender::THREADS[who], cpu);
        samples[who].note(process.sample());
    });
    samples
}

/// Each takes each place in the order equally often.
fn in_turns(rounds: usize, count: usize, mut turn: impl FnMut(usize)) {
    for round in 0..rounds {
        for place in 0..count {
            turn((round + place) % count);
        }
    }
}

impl Samples {
    fn note(&mut self, (ready, awake): (f64, f64)) {
        self.ready.push(ready);
        self.awake.push(awake);
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
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        machine::settle(aplomb_testing::Process::of(pid), Duration::from_micros(500));

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
