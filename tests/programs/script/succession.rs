//! Apps one after the other in one process: what each leaves behind for the next one, and for the process.
//!
//! `kinds=` says what the first and the second app are made of: threads or tasks.

#[cfg(target_os = "linux")]
mod process_state;

use std::collections::BTreeSet;
use std::future::pending;
use std::io::{self, PipeWriter};
use std::panic;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use aplomb::phase::List;
use aplomb::process::{ChildHandle, SpawnOptions};
use aplomb::signal::{SIGALRM, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use aplomb::{Absent, App, Error, Executor, Outcome, Shutdown, Status, at_exit, shield};
use nix::libc;
use nix::sys::signal::{SigHandler, Signal, raise, signal};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal as Listener, SignalKind, signal as listen};
use tokio::time::timeout;

#[cfg(target_os = "linux")]
use process_state::ProcessState;

use super::forked::{forked, how};
use super::{gate, option, say, terminal};

/// How the first app ends, or why it cannot begin.
const WAYS: [&str; 22] = [
    "returns",
    "fails",
    "panics",
    "asks",
    "by a signal",
    "by three signals",
    "by a timer",
    "insisted on",
    "start fails",
    "start panics",
    "requested in start",
    "stop fails",
    "stop panics",
    "out of time",
    "given up",
    "with limits",
    "that drains",
    "with watchers",
    "for orphans",
    "in a shield",
    "that contradicts itself",
    "with no such signal",
];

/// A time after which a `run` is given up, and parts of it.
const SHORT: Duration = Duration::from_millis(300);

/// The limits of a first app. A busy machine does within this time what takes no time.
const LIMIT: Duration = Duration::from_millis(700);

/// Longer than such a limit.
const BEYOND: Duration = Duration::from_millis(900);

pub(crate) fn main() {
    // Panics are among the ways, and are not what a row looks at.
    panic::set_hook(Box::new(|_| ()));
    match option("case").expect("case= chooses one") {
        #[cfg(target_os = "linux")]
        "ways" => ways(),
        "limits" => limits(),
        "exit-wait" => exit_wait(),
        "children" => children(),
        "names" => names(),
        "exit-functions" => exit_functions(),
        "terminal" => modes(),
        #[cfg(target_os = "linux")]
        "inherited" => inherited(),
        "registry" => registry(),
        "handlers" => handlers(),
        other => panic!("no such case: {other:?}"),
    }
}

/// What the apps are made of.
#[derive(Clone, Copy)]
enum Kind {
    Threads,
    Tasks,
}

fn kinds() -> [Kind; 2] {
    let words = option("kinds").expect("kinds= says what they are");
    let (first, second) = words.split_once(',').expect("there are two");
    [first, second].map(|word| match word {
        "threads" => Kind::Threads,
        "tasks" => Kind::Tasks,
        other => panic!("no such kind: {other:?}"),
    })
}

type Run = fn(&Shutdown);

impl Kind {
    /// An app that ends in that way.
    fn ending(self, way: &'static str) -> Result<Outcome, Error> {
        let start = move |shutdown: &Shutdown| start(way, shutdown);
        let stop = move || stop(way);
        match self {
            Kind::Threads => {
                let run = move |shutdown: &Shutdown| run(way, shutdown);
                limited(App::new(start, run, stop), way).run()
            }
            Kind::Tasks => {
                let run = async move |shutdown: &Shutdown| match way {
                    "out of time" | "given up" => {
                        shutdown.request("an example");
                        pending().await
                    }
                    "insisted on" => {
                        insist();
                        pending().await
                    }
                    _ => run(way, shutdown),
                };
                let app = App::executor(Executor::tokio_current_thread());
                limited(app.phases(start, run, stop), way).run()
            }
        }
    }

    /// An app with this `run`, and otherwise as `more` has it.
    fn running(self, run: Run, deadline: Option<Duration>) -> Result<Outcome, Error> {
        let run_task = async move |shutdown: &Shutdown| run(shutdown);
        match self {
            Kind::Threads => with_deadline(App::new(Absent, run, stop_of_second), deadline).run(),
            Kind::Tasks => {
                let app = App::executor(Executor::tokio_current_thread());
                let app = app.phases(Absent, run_task, async || stop_of_second());
                with_deadline(app, deadline).run()
            }
        }
    }
}

fn with_deadline<L: List>(app: App<L>, deadline: Option<Duration>) -> App<L> {
    match deadline {
        Some(deadline) => app.deadline(deadline),
        None => app,
    }
}

/// Whether a signal comes within some time that this listens to.
fn hears(runtime: &Runtime, listener: &mut Listener) -> bool {
    let heard = timeout(Duration::from_secs(20), listener.recv());
    runtime.block_on(heard).is_ok_and(|heard| heard.is_some())
}

/// Others have registered in the registry that our handlers are in, before an app and after it.
fn registry() {
    let [first, then] = kinds();
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("there are descriptors");
    let _inside = runtime.enter();
    let mut before = listen(SignalKind::user_defined1()).expect("it can be handled");
    for (kind, when) in [(first, "first"), (then, "second")] {
        let ended = kind.ending("by another signal").expect("it can begin");
        say(format!(
            "{:?}, heard {}",
            ended.status,
            hears(&runtime, &mut before)
        ));
        signal_us(Signal::SIGUSR1);
        say(format!(
            "after the {when} heard {}",
            hears(&runtime, &mut before)
        ));
    }
    let child = forked(|| {
        let _late = listen(SignalKind::user_defined2()).expect("it can be handled");
        signal_us(Signal::SIGUSR2);
    });
    say(format!("late {}", how(child)));
}

fn limited<L: List>(app: App<L>, way: &str) -> App<L> {
    match way {
        "out of time" => app.timeout_run(SHORT).timeout_stop(10 * SHORT),
        "given up" => app.deadline(20 * SHORT).timeout_stop(19 * SHORT),
        "with limits" => app
            .timeout_start(LIMIT)
            .timeout_run(LIMIT)
            .timeout_stop(LIMIT)
            .deadline(10 * LIMIT)
            .exit_wait(LIMIT)
            .force_after(2),
        "that drains" => app.drain(SHORT),
        "by another signal" => app.signals(&[SIGUSR1, SIGUSR2]),
        "for orphans" => app.reap_orphans(),
        "by a timer" => app.signals(&[SIGALRM, SIGTERM]),
        "that contradicts itself" => app.drain(SHORT).deadline(SHORT),
        "with no such signal" => app.signals(&[SIGTERM, SIGINT, 99]),
        _ => app,
    }
}

fn start(way: &str, shutdown: &Shutdown) -> Result<(), &'static str> {
    match way {
        "start fails" => Err("start"),
        "start panics" => panic!("start"),
        "requested in start" => {
            shutdown.request("in start");
            Ok(())
        }
        _ => Ok(()),
    }
}

fn stop(way: &str) -> Result<(), &'static str> {
    match way {
        "stop fails" => Err("stop"),
        "stop panics" => panic!("stop"),
        _ => Ok(()),
    }
}

fn signal_us(signal: Signal) {
    raise(signal).expect("a thread may signal itself");
}

/// Sends a SIGINT, and another one that counts.
fn insist() {
    signal_us(Signal::SIGINT);
    thread::sleep(Duration::from_millis(150));
    signal_us(Signal::SIGINT);
}

fn run(way: &str, shutdown: &Shutdown) -> Result<(), &'static str> {
    // Each app has all that handles give.
    shutdown.on_request(|| ());
    drop(shield("in run"));
    match way {
        "fails" => return Err("run"),
        "panics" => panic!("run"),
        "asks" => shutdown.request_exit(7),
        "by another signal" => signal_us(Signal::SIGUSR1),
        "by a signal" => signal_us(Signal::SIGTERM),
        "by three signals" => {
            for signal in [Signal::SIGHUP, Signal::SIGTERM, Signal::SIGINT] {
                signal_us(signal);
            }
        }
        "by a timer" => {
            #[allow(unsafe_code, reason = "nix has no alarm without a feature of its own")]
            // SAFETY: takes an integer.
            unsafe {
                libc::alarm(1);
            }
            shutdown.wait();
        }
        "insisted on" => {
            insist();
            // In its last second.
            thread::sleep(SHORT);
        }
        "out of time" => {
            shutdown.request("an example");
            thread::sleep(SHORT + SHORT / 3);
        }
        "given up" => {
            shutdown.request("an example");
            thread::sleep(2 * SHORT);
        }
        "that drains" => {
            shutdown.request("an example");
            shutdown.wait();
        }
        "with watchers" => {
            shutdown.on_signal(|_| ());
            signal_us(Signal::SIGTERM);
        }
        _ => {}
    }
    Ok(())
}

/// What is found of the first app where nothing of it should be.
static FOUND: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn find(found: impl Into<String>) {
    let mut all = FOUND.lock().expect("no holder panics");
    all.insert(found.into());
}

fn take_found() -> BTreeSet<String> {
    std::mem::take(&mut FOUND.lock().expect("no holder panics"))
}

fn find_if(is_there: bool, found: &str) {
    if is_there {
        find(found);
    }
}

/// The `run` of a second app looks for what the first one has left.
fn look(shutdown: &Shutdown) {
    find_if(shutdown.is_requested(), "a request");
    find_if(shutdown.reason().is_some(), "a reason");
    find_if(!shutdown.signals().is_empty(), "signals");
    find_if(shutdown.checkpoint().is_err(), "a cancellation");
    find_if(!shutdown.held_shields().is_empty(), "shields");
    shutdown.request("second");
    let same = aplomb::shutdown().reason() == shutdown.reason();
    find_if(!same, "another app");
    // The request cancels, whatever drain the first one had.
    find_if(shutdown.checkpoint().is_ok(), "a drain");
}

/// Begins the second app, in which there is to be nothing of the first.
fn second(kind: Kind) {
    let Ok(ended) = kind.running(look, None) else {
        return find("an app");
    };
    find_if(ended.status != Status::Code(0), "a status");
    find_if(!ended.signals.is_empty(), "signals at the end");
    let reason = ended.reason.map(|reason| reason.to_string());
    find_if(reason.as_deref() != Some("second"), "a reason at the end");
}

/// Between two apps, in this process and in a forked child of it.
fn between(kind: Kind) {
    find_if(panic::catch_unwind(aplomb::shutdown).is_ok(), "a handle");
    find_if(!Shutdown::new().held_shields().is_empty(), "a shield");
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGALRM] {
        let ended = how(forked(|| signal_us(signal)));
        find_if(
            ended != format!("died by {signal}"),
            &format!("a handler of {signal}"),
        );
    }
    let child = forked(|| {
        second(kind);
        let found = take_found();
        assert!(found.is_empty(), "a forked child has found {found:?}");
    });
    let ended = how(child);
    find_if(ended != "exited 0", &format!("in a forked child: {ended}"));
}

#[cfg(target_os = "linux")]
fn ways() {
    let [first, then] = kinds();
    // What there is once in a process, however many apps it has, is there from here on.
    for kind in [Kind::Threads, Kind::Tasks] {
        kind.ending("with watchers").expect("it can begin");
    }
    let before = ProcessState::alone();
    for way in WAYS {
        let held = (way == "in a shield").then(|| shield("around an app"));
        let ended = first.ending(way);
        drop(held);
        before.find_changes();
        between(then);
        second(then);
        before.find_changes();
        let ended = ended.map_or("could not begin".to_owned(), |ended| {
            format!("{:?}", ended.status)
        });
        say(format!("{way}: {ended}, found {:?}", take_found()));
    }
}

/// The limits of a first app are none of the second one's, which takes longer than these.
fn limits() {
    let [first, then] = kinds();
    first.ending("with limits").expect("it can begin");
    let slow: Run = |shutdown| {
        find_if(shutdown.wait_timeout(BEYOND), "a cancellation");
        shutdown.request("second");
        thread::sleep(BEYOND);
    };
    let ended = then.running(slow, None).expect("it can begin");
    // Twice within the time of `force_after`.
    let insisting: Run = |_| {
        insist();
    };
    let insisted = then.running(insisting, None).expect("it can begin");
    say(format!(
        "{:?}, {:?}, found {:?}",
        ended.status,
        insisted.status,
        take_found()
    ));
}

/// `stop` of a second app takes its time, if that is wanted.
fn stop_of_second() {
    if option("case") == Some("limits") {
        thread::sleep(BEYOND);
    }
}

/// How long a shield is that an exit waits for, although a first app would not have waited for so long.
fn exit_wait() {
    let [first, then] = kinds();
    first.ending("with limits").expect("it can begin");
    let exits: Run = |_| {
        thread::spawn(|| {
            let _shield = shield("longer than that");
            gate::open("shielded");
            thread::sleep(2 * BEYOND);
            say("whole");
        });
        gate::pass("shielded");
        std::process::exit(3)
    };
    match option("exits") {
        Some("after") => exits(&Shutdown::new()),
        _ => drop(then.running(exits, None)),
    }
}

/// A grace that is never over here.
const LONG_GRACE: Duration = Duration::from_secs(100);

/// A child that lives until somebody closes its input. It is asked to end, and does not.
struct Deaf(ChildHandle, PipeWriter);

fn deaf(options: SpawnOptions) -> Deaf {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' TERM; echo deaf; read line; exit 7"]);
    let (reader, writer) = io::pipe().expect("there are descriptors");
    command.stdin(Stdio::from(reader)).stdout(Stdio::piped());
    let child = options.grace(LONG_GRACE).spawn(command);
    let mut child = child.expect("it can be started");
    let mut said = [0; 5];
    let mut stdout = child.stdout.take().expect("it is a pipe");
    io::Read::read_exact(&mut stdout, &mut said).expect("it says that it is deaf");
    let handle = child.handle();
    handle.terminate();
    Deaf(handle, writer)
}

static FIRST: Mutex<Option<(Deaf, Shutdown)>> = Mutex::new(None);

/// A child of an app that has ended has no deadline, while another app's child is killed in time for its deadline.
fn children() {
    let [first, then] = kinds();
    let starts: Run = |shutdown| {
        let child = deaf(SpawnOptions::new().outlives_us());
        let mut first = FIRST.lock().expect("no holder panics");
        // The handle is kept: the app is known as long as somebody has one.
        *first = Some((child, shutdown.clone()));
    };
    let waits: Run = |shutdown| {
        shutdown.request("second");
        // Inside a shield the child is waited for to its end.
        let _shield = shield("waits");
        let Deaf(child, _input) = deaf(SpawnOptions::new());
        let status = child.wait().expect("it is ours");
        say(format!(
            "the second one's {}",
            status.expect("this is a shield")
        ));
    };
    let ended = first.running(starts, Some(Duration::from_secs(2)));
    say(format!("first {:?}", ended.expect("it can begin").status));
    // The second one's deadline comes seconds after the child is killed: this is not about who is first.
    let ended = then.running(waits, Some(Duration::from_secs(8)));
    ended.expect("it can begin");
    let mut first = FIRST.lock().expect("no holder panics");
    let (Deaf(child, input), _) = first.take().expect("it was started");
    drop(input);
    let status = child.wait().expect("it is ours");
    say(format!(
        "the first one's {}",
        status.expect("no app is there")
    ));
}

/// What a first app has waited for is not named once more, and a second one has a schedule of its own.
fn names() {
    let [first, then] = kinds();
    let late: Run = |shutdown| {
        shutdown.request("an example");
        let _shield = shield("long");
        thread::sleep(Duration::from_millis(1400));
    };
    let short: Run = |shutdown| {
        shutdown.request("an example");
        let _shield = shield("short");
        thread::sleep(Duration::from_millis(400));
    };
    for (kind, run) in [(first, late), (then, short), (then, short), (then, short)] {
        let ended = kind.running(run, None).expect("it can begin");
        say(format!("{:?}", ended.status));
    }
}

/// Exit functions are the process's, and not an app's.
fn exit_functions() {
    let [first, then] = kinds();
    let one: Run = |_| {
        at_exit(|| say("first's"));
    };
    let two: Run = |_| {
        at_exit(|| say("second's"));
    };
    for (kind, run) in [(first, one), (then, two)] {
        kind.running(run, None).expect("it can begin");
        say("over");
    }
}

/// The first app restores the terminal, and the second one does not.
fn modes() {
    let [first, then] = kinds();
    let changes: Run = |_| {
        terminal::cbreak();
    };
    let restoring = match first {
        Kind::Threads => App::new(Absent, changes, Absent).restore_terminal().run(),
        Kind::Tasks => {
            let app = App::executor(Executor::tokio_current_thread());
            let run = async move |shutdown: &Shutdown| changes(shutdown);
            app.phases(Absent, run, Absent).restore_terminal().run()
        }
    };
    restoring.expect("it can begin");
    say(format!("changed {}", terminal::is_changed()));
    then.running(changes, None).expect("it can begin");
    say(format!("changed {}", terminal::is_changed()));
}

/// An app that cannot begin leaves a process that was started with SIGTERM blocked, or SIGCHLD ignored, as it was.
#[cfg(target_os = "linux")]
fn inherited() {
    let [first, then] = kinds();
    let before = ProcessState::now().signals;
    for way in [
        "in a shield",
        "that contradicts itself",
        "with no such signal",
    ] {
        let _held = (way == "in a shield").then(|| shield("around an app"));
        let refused = first.ending(way).is_err();
        let same = ProcessState::now().signals == before;
        say(format!("{way}: refused {refused}, as before {same}"));
    }
    let ended = then.running(look, None).expect("it can begin");
    let now = ProcessState::now().signals;
    let is_empty = |name: &str| {
        let line = now.iter().find(|line| line.starts_with(name));
        line.is_some_and(|line| line.ends_with("0000000000000000"))
    };
    // What an app has changed stays so: its children may live on, and are to be waited for.
    say(format!(
        "{:?}, blocked nothing {}, ignored SIGCHLD {}",
        ended.status,
        is_empty("SigBlk"),
        is_ignored(&now, Signal::SIGCHLD)
    ));
}

fn is_ignored(signals: &[String], signal: Signal) -> bool {
    let line = signals.iter().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (signal as i32 - 1)) != 0)
}

static CALLED: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];

extern "C" fn one_is_called(_: libc::c_int) {
    CALLED[0].fetch_add(1, Ordering::SeqCst);
}

extern "C" fn other_is_called(_: libc::c_int) {
    CALLED[1].fetch_add(1, Ordering::SeqCst);
}

fn install(handler: extern "C" fn(libc::c_int)) {
    #[allow(unsafe_code, reason = "there is no safe way to install a handler")]
    // SAFETY: the handlers only count.
    let before = unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(handler)) };
    before.expect("it can be handled");
}

/// The program has a handler before the first app, and another one before the second.
fn handlers() {
    let say_called = |when: &str| {
        let called = CALLED.each_ref().map(|count| count.load(Ordering::SeqCst));
        say(format!("{when} {called:?}"));
    };
    for (kind, handler) in kinds()
        .into_iter()
        .zip([one_is_called as extern "C" fn(libc::c_int), other_is_called])
    {
        install(handler);
        kind.ending("by another signal").expect("it can begin");
        say_called("in the app");
        signal_us(Signal::SIGUSR1);
        say_called("after it");
    }
}
