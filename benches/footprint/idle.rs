//! A small app that does nothing, watched for ten seconds.

use std::io::{self, Read};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use aplomb::{Absent, App, Shutdown};
use aplomb_testing::Process;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, alarm, write};

use crate::support::machine;
use crate::support::table::Table;

pub(crate) const ARGUMENT: &str = "--idle-app";

/// Threads of the app that are the user's: the one that `main` would be, and two workers.
const USERS_OWN: usize = 3;
const WATCHED: Duration = Duration::from_secs(10);

/// The app: one thread in each of the ways to wait.
pub(crate) fn play() -> ! {
    alarm::set(60);
    App::new(Absent, run, Absent).main()
}

fn run(shutdown: &Shutdown) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    thread::scope(|scope| {
        scope.spawn(|| shutdown.sleep(Duration::from_secs(1000)));
        scope.spawn(|| shutdown.accept(&listener));
        write(io::stdout(), &[1])?;
        shutdown.wait();
        Ok(())
    })
}

/// Starts the app, watches it, stops it.
pub(crate) fn measure(table: &mut Table) {
    let mut child = Command::new(env::current_exe().expect("this program has a path"))
        .arg(ARGUMENT)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started");
    let mut ready = [0];
    let mut words = child.stdout.take().expect("it was asked for");
    words.read_exact(&mut ready).expect("it says ready");
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a process id"));
    let process = Process::of(pid);
    machine::settle(process, Duration::from_millis(100));

    let threads = process.threads().len();
    let before = switches(process);
    thread::sleep(WATCHED);
    let switches = switches(process) - before;

    kill(pid, Signal::SIGTERM).expect("it is there");
    child.wait().expect("it is our child");

    table.judged(
        "context switches of an app that idles for 10 s",
        "0",
        switches.to_string(),
        switches == 0,
    );
    let ours = threads - USERS_OWN.min(threads);
    table.judged(
        "threads beside the user's own",
        "1",
        format!("{ours} (and {USERS_OWN} of the user's)"),
        ours == 1,
    );
}

/// The context switches so far, wished for or not, of all threads of a process.
fn switches(process: Process) -> u64 {
    process
        .threads()
        .iter()
        .map(|thread| thread.voluntary_switches + thread.involuntary_switches)
        .sum()
}
