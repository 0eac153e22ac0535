use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use super::*;
use crate::app::App;
use crate::conductor::channel::Channel;
use crate::conductor::executor::Phases;
use crate::conductor::{Form, Limits};
use crate::lifecycle::Event;
use crate::phase::{Absent, List};
use crate::shutdown::Shutdown;
use crate::status::Status;

struct One;
struct Two;

static STOPPED: AtomicBool = AtomicBool::new(false);
static RUNS: AtomicBool = AtomicBool::new(false);

fn runs() {
    RUNS.store(true, Ordering::SeqCst);
}

/// Runs the app, answers each end of a step with the next of these commands, and returns the ends.
fn conduct<L: List>(app: App<L>, commands: &[Command]) -> Vec<End> {
    let shutdown = Shutdown::new();
    let channel = Channel::new(false);
    let channel = Arc::new(channel.expect("there are descriptors"));
    let app_thread = AppThread {
        turns: Cell::new(0),
        has_reported: Cell::new(false),
        form: Form::Embedded,
        shutdown: shutdown.clone(),
        channel: Arc::clone(&channel),
        limits: Limits::NONE,
        is_async: false,
    };
    let events = shutdown.events();
    let program = app.into_program();
    let app = thread::spawn(move || program.run_phases(app_thread));
    let mut commands = commands.iter();
    let mut ends = Vec::new();
    loop {
        match events.next() {
            Some(Event::Ended(end)) => {
                ends.push(end);
                let command = commands.next().copied();
                channel.tell(command.unwrap_or(Command::Leave(Status::Code(0))));
            }
            Some(Event::Gone) => break,
            Some(_) => {}
            None => thread::yield_now(),
        }
    }
    app.join().expect("nothing has panicked");
    ends
}

/// A request may keep a component from starting, and yet come too late for the listener, which commands `run`. Nothing
/// runs then either, and the components that have started are stopped.
#[test]
fn nothing_runs_where_not_all_have_started() {
    let app = App::components()
        .with(
            "one",
            |shutdown: &Shutdown| {
                shutdown.request("an example");
                Ok::<_, String>(One)
            },
            |_: &One| runs(),
            |_: One| STOPPED.store(true, Ordering::SeqCst),
        )
        .with(
            "two",
            || Ok::<_, String>(Two),
            |_: &Two| runs(),
            |_: Two| runs(),
        )
        .on(1, |_: &Two| runs());
    let steps = [Step::Start, Step::Run, Step::Stop].map(Command::Do);
    let ends = conduct(app, &steps);
    assert_eq!(ends, [End::Done; 4]);
    assert!(STOPPED.load(Ordering::SeqCst) && !RUNS.load(Ordering::SeqCst));
}

/// A rollback stops the parts that have started, and one of them may wait for what its own `run` has captured.
#[test]
fn a_run_that_is_not_called_is_dropped_before_a_rollback() {
    static HUNG_UP: AtomicBool = AtomicBool::new(false);
    let (sender, receiver) = mpsc::channel::<()>();
    let app = App::components()
        .with(
            "one",
            || Ok::<_, String>(One),
            move |_: &One| drop(sender.clone()),
            move |_: One| {
                let got = receiver.recv_timeout(Duration::from_secs(5));
                let hung_up = got == Err(RecvTimeoutError::Disconnected);
                HUNG_UP.store(hung_up, Ordering::SeqCst);
            },
        )
        .with("two", || Err::<Two, _>("on purpose"), Absent, Absent);
    let ends = conduct(app, &[Step::Start, Step::Rollback].map(Command::Do));
    assert_eq!(ends, [End::Done, End::Failed, End::Done]);
    assert!(HUNG_UP.load(Ordering::SeqCst));
}

/// An executor may drop the phases while they wait for a command. The listener knows of the end of that step, and is
/// not told of a second one, which it would take for the end of the next step.
#[test]
fn phases_that_are_lost_between_two_steps_have_reported() {
    fn lose(mut phases: Phases) {
        let mut context = Context::from_waker(Waker::noop());
        let _ = phases.as_mut().poll(&mut context);
    }
    for _ in 0..100 {
        let app = App::executor(Executor::block_on(lose)).phases(
            async || (),
            async |_: &Shutdown| (),
            async || (),
        );
        let ends = conduct(app, &[Command::Do(Step::ExitFunctions)]);
        assert_eq!(ends, [End::Done; 2]);
    }
}
