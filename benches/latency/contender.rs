//! The processes that wait for a signal. Each says when it is ready, then, once woken,
//! at what time that was, and begins again, until it is ended.

use std::io;
use std::process::Command;
use std::sync::OnceLock;
use std::{env, thread};

use aplomb::{Absent, App, Executor, Shutdown};
use nix::sys::eventfd::EventFd;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd::{alarm, pause, write};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::support::machine;

const ARGUMENT: &str = "--contender";

/// Who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    /// A handler on the initial thread, an eventfd, a second thread that reads it.
    Bare,
    /// `Shutdown::wait` in an app.
    Aplomb,
    /// The closure of `ctrlc::set_handler`.
    Ctrlc,
    /// `Shutdown::cancelled` in a task of an async app.
    AplombTask(Flavor),
    /// `CancellationToken::cancelled` in a task, where another one awaits `tokio::signal`.
    TokioTask(Flavor),
}

/// Which of tokio's runtimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavor {
    CurrentThread,
    MultiThread,
}

impl Contender {
    pub(crate) const THREADS: [Self; 3] = [Self::Bare, Self::Aplomb, Self::Ctrlc];
    pub(crate) const TASKS: [Self; 4] = [
        Self::AplombTask(Flavor::CurrentThread),
        Self::TokioTask(Flavor::CurrentThread),
        Self::AplombTask(Flavor::MultiThread),
        Self::TokioTask(Flavor::MultiThread),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Aplomb => "aplomb",
            Self::Ctrlc => "ctrlc",
            Self::AplombTask(Flavor::CurrentThread) => "aplomb-current-thread",
            Self::AplombTask(Flavor::MultiThread) => "aplomb-multi-thread",
            Self::TokioTask(Flavor::CurrentThread) => "tokio-current-thread",
            Self::TokioTask(Flavor::MultiThread) => "tokio-multi-thread",
        }
    }

    /// The command that starts it on one CPU.
    pub(crate) fn command(self, cpu: usize) -> Command {
        let program = env::current_exe().expect("this program has a path");
        let mut command = Command::new(program);
        command.args([ARGUMENT, self.name(), &cpu.to_string()]);
        command
    }

    /// What the started process does.
    pub(crate) fn play(self, cpu: usize) {
        machine::pin(cpu);
        machine::now(); // The first look at the clock maps it.
        match self {
            Self::Bare => bare(),
            // An app takes one request in its life, so each time is another app.
            Self::Aplomb => loop {
                let app = App::new(Absent, in_the_app, Absent);
                app.run().expect("the app can begin");
            },
            Self::Ctrlc => ctrlc(),
            Self::AplombTask(flavor) => loop {
                let executor = match flavor {
                    Flavor::CurrentThread => Executor::tokio_current_thread(),
                    Flavor::MultiThread => Executor::tokio(),
                };
                let app = App::executor(executor).phases(Absent, in_a_task, Absent);
                app.run().expect("the app can begin");
            },
            Self::TokioTask(flavor) => tokio_signal(flavor),
        }
    }
}

/// The contender that this process was started as, and its CPU.
pub(crate) fn from_args() -> Option<(Contender, usize)> {
    let mut args = env::args().skip_while(|arg| arg != ARGUMENT).skip(1);
    let (name, cpu) = (args.next()?, args.next()?);
    let mut contenders = Contender::THREADS.into_iter().chain(Contender::TASKS);
    let contender = contenders.find(|who| who.name() == name);
    let contender = contender.expect("the name of a contender");
    Some((contender, cpu.parse().expect("the number of a CPU")))
}

fn in_the_app(shutdown: &Shutdown) {
    say_ready();
    shutdown.wait();
    say_awake(machine::now());
}

async fn in_a_task(shutdown: &Shutdown) {
    let shutdown = shutdown.clone();
    let task = tokio::spawn(async move {
        say_ready();
        shutdown.cancelled().await;
        say_awake(machine::now());
    });
    task.await.expect("it does not panic");
}

fn tokio_signal(flavor: Flavor) {
    let mut builder = match flavor {
        Flavor::CurrentThread => Builder::new_current_thread(),
        Flavor::MultiThread => Builder::new_multi_thread(),
    };
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut signals = signal(SignalKind::terminate()).expect("a handler can be installed");
        loop {
            let token = CancellationToken::new();
            let waiting = token.clone();
            let task = tokio::spawn(async move {
                say_ready();
                waiting.cancelled().await;
                say_awake(machine::now());
            });
            signals.recv().await;
            token.cancel();
            task.await.expect("it does not panic");
        }
    });
}

static WAKE: OnceLock<EventFd> = OnceLock::new();

extern "C" fn on_signal(_signal: i32) {
    if let Some(wake) = WAKE.get() {
        let _ = wake.write(1);
    }
}

#[allow(unsafe_code, reason = "a handler can be installed in no other way")]
fn bare() {
    let wake = WAKE.get_or_init(|| EventFd::new().expect("an eventfd"));
    let action = SigAction::new(
        SigHandler::Handler(on_signal),
        SaFlags::SA_RESTART,
        SigSet::empty(),
    );
    // SAFETY: the handler loads an atomic and calls write(2): nothing that a signal may not do.
    unsafe { sigaction(Signal::SIGTERM, &action) }.expect("a handler can be installed");
    thread::spawn(|| {
        loop {
            say_ready();
            wake.read().expect("the handler writes");
            say_awake(machine::now());
        }
    });
    loop {
        pause();
    }
}

fn ctrlc() {
    ctrlc::set_handler(|| {
        say_awake(machine::now());
        say_ready();
    })
    .expect("a handler can be installed");
    say_ready();
    loop {
        thread::park();
    }
}

fn say_ready() {
    // A contender that is never woken must not outlive the race.
    alarm::set(10);
    write(io::stdout(), &[1]).expect("the race listens");
}

fn say_awake(at: u64) {
    write(io::stdout(), &at.to_ne_bytes()).expect("the race listens");
}
