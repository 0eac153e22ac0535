//! What happens in the life of an app, as events and spans of the crate `tracing`.
//!
//! The names of the crate stand with `::` before them, since this module has its name, too.

use std::cell::{Cell, RefCell};
use std::mem::{self, ManuallyDrop};
use std::time::Duration;

use ::tracing::field::{self, DebugValue};
use ::tracing::{Level, Span};

use crate::observe::{ChildEvent, Event, EventKind, Reported, Work};
use crate::signal::{Named, Signal};
use crate::status::Status;

/// The target of all events and spans.
const TARGET: &str = "aplomb";

thread_local! {
    /// The spans of what goes on, in the order of its beginning: those of the app whose observer this thread is. The
    /// end of the thread drops none, since to close a span is code of the subscriber's, and may panic.
    static OPEN: RefCell<ManuallyDrop<Vec<(Work, Span)>>> = const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// Makes events and spans of the crate `tracing` of what happens in the life of an app: a function for
/// [`App::report`](crate::App::report), and for `report = aplomb::tracing`.
///
/// Standard error has no lines of this library then. All events have the target `aplomb`, and are about the span of
/// what goes on:
///
/// | what | level | fields |
/// |---|---|---|
/// | a line that says why the process ends with a failure | `ERROR` | for a limit: `option`, `limit` |
/// | what the end waits for | `WARN` | `by`, `elapsed` |
/// | another line; a child that is killed; events that were lost | `WARN` | `child`, `pid`; `lost` |
/// | a phase begins, ends | `INFO` | `phase`; `elapsed` |
/// | the request, a further signal, the cancellation | `INFO` | `reason`, `signal`, `sender` |
/// | the app leaves | `INFO` | `status` or `signal` |
/// | a function of a component or of a signal, a step of a `Cleanup`, a function of `on_request` and its kin, begins, ends | `DEBUG` | `phase`, `component`, `step`, `signal`, `by`; `elapsed` |
/// | a child | `DEBUG` | `child`, `pid` |
///
/// The spans are those of the phases (`INFO`), which are named `body`, `start`, `run`, `stop`, `rollback` and `exit`,
/// and in these those of the functions of components (`DEBUG`), which are named `component`, with the fields
/// `component` and `phase`. They are opened and closed on the observer's thread, and nobody is ever in them: what the
/// program itself logs is not in these spans.
///
/// The subscriber is the global one. The body of `main` is a good place to set it. What happens before goes nowhere,
/// but for failures: where there is no subscriber, or its filter drops one, that line is printed on standard error.
/// What a subscriber drops later, by `event_enabled`, counts as reported.
///
/// ```no_run
/// # #[cfg(feature = "macros")] mod example {
/// use aplomb::Shutdown;
///
/// #[aplomb::app(run, report = aplomb::tracing)]
/// fn main() {
///     tracing_subscriber::fmt().init();
/// }
///
/// fn run(shutdown: &Shutdown) {
///     tracing::info!("serving");
///     shutdown.wait();
/// }
/// # }
/// ```
#[must_use = "whether the event was reported"]
pub fn tracing(event: &Event) -> Reported {
    let message = Message::of(event);
    match &event.kind {
        EventKind::Began(work) => {
            open(*work);
            tell_work(&message, *work, None);
        }
        EventKind::Finished { work, after } => {
            tell_work(&message, *work, Some(*after));
            close(*work);
        }
        _ => tell(&message, &event.kind),
    }
    if let EventKind::Leaving(_) = event.kind {
        close_all();
    }
    message.is_taken()
}

/// The words of an event, which know whether somebody has asked for them.
struct Message<'a> {
    event: &'a Event,
    is_wanted: Cell<bool>,
}

impl<'a> Message<'a> {
    fn of(event: &'a Event) -> Self {
        let is_wanted = Cell::new(false);
        Message { event, is_wanted }
    }

    /// The words. The macros of `tracing` look at the values of an event only where somebody wants the event.
    fn wanted(&self) -> &Event {
        self.is_wanted.set(true);
        self.event
    }

    fn is_taken(&self) -> Reported {
        if self.is_wanted.get() {
            Reported::Yes
        } else {
            Reported::No
        }
    }
}

macro_rules! tell {
    ($message:expr, $parent:expr, $level:ident, { $($fields:tt)* }) => {
        ::tracing::event!(
            target: TARGET,
            parent: $parent,
            Level::$level,
            { $($fields)* },
            "{}",
            $message.wanted()
        )
    };
}

/// Tells of what has begun, or has ended after this time.
fn tell_work(message: &Message<'_>, work: Work, after: Option<Duration>) {
    let span = span_of(|known| *known == work).unwrap_or_else(phase);
    let elapsed = after.map(field::debug);
    if let Some(phase) = phase_of(work) {
        return tell!(message, &span, INFO, { phase, elapsed });
    }
    let (mut phase, mut component, mut step) = (None, None, None);
    let (mut signal, mut by) = (None, None);
    match work {
        Work::ComponentFunction {
            component: name,
            function,
        } => (phase, component) = (Some(function), Some(name)),
        Work::CleanupStep {
            step: name,
            component: owner,
        } => (step, component) = (Some(name), owner),
        Work::SignalFunction(number) => signal = Some(field::display(Named(number))),
        Work::RegisteredFunction { by: function, .. } => by = Some(function),
        _ => {}
    }
    tell!(message, &span, DEBUG, { phase, component, step, signal, by, elapsed });
}

/// Tells of what has no length.
fn tell(message: &Message<'_>, kind: &EventKind) {
    let span = phase();
    let failure = message.event.is_failure();
    match kind {
        EventKind::LimitPassed { option, limit } => {
            let limit = debug(limit);
            tell!(message, &span, ERROR, { option, limit });
        }
        _ if failure => tell!(message, &span, ERROR, {}),
        EventKind::HeldUp { by, since } => {
            let elapsed = debug(since);
            tell!(message, &span, WARN, { by = by.as_str(), elapsed });
        }
        EventKind::ChildChanged { name, id, what } => {
            let (child, pid) = (name.as_str(), *id);
            if *what == ChildEvent::Killed {
                tell!(message, &span, WARN, { child, pid });
            } else {
                tell!(message, &span, DEBUG, { child, pid });
            }
        }
        EventKind::Lost(lost) => tell!(message, &span, WARN, { lost }),
        EventKind::Requested { why, signal } => {
            let reason = why.as_str();
            let (sender, signal) = (sender(signal.as_ref()), signal.as_ref().map(Signal::name));
            tell!(message, &span, INFO, { reason, signal, sender });
        }
        EventKind::Signalled(signal) => {
            let (sender, signal) = (sender(Some(signal)), signal.name());
            tell!(message, &span, INFO, { signal, sender });
        }
        EventKind::Leaving(Status::Code(status)) => tell!(message, &span, INFO, { status }),
        EventKind::Leaving(Status::Signal(number)) => {
            let signal = field::display(Named(*number));
            tell!(message, &span, INFO, { signal });
        }
        EventKind::RunCancelled => tell!(message, &span, INFO, {}),
        _ => tell!(message, &span, WARN, {}),
    }
}

fn debug(length: &Duration) -> DebugValue<Duration> {
    field::debug(*length)
}

/// The process that has sent the signal.
fn sender(signal: Option<&Signal>) -> Option<u32> {
    signal?.sender().map(|sender| sender.pid)
}

/// What the span of this is called, if it is a phase.
fn phase_of(work: Work) -> Option<&'static str> {
    Some(match work {
        Work::Body => "body",
        Work::StartPhase => "start",
        Work::RunPhase => "run",
        Work::StopPhase => "stop",
        Work::Rollback => "rollback",
        Work::ExitFunctions => "exit",
        _ => return None,
    })
}

/// Opens the span of what has begun, if it is to have one.
fn open(work: Work) {
    macro_rules! span {
        ($parent:expr, $level:ident, $name:expr $(, $($fields:tt)*)?) => {
            ::tracing::span!(target: TARGET, parent: $parent, Level::$level, $name $(, $($fields)*)?)
        };
    }
    let none = Span::none();
    // Each has a name of its own, which has to be a constant.
    let span = match work {
        Work::Body => span!(&none, INFO, "body"),
        Work::StartPhase => span!(&none, INFO, "start"),
        Work::RunPhase => span!(&none, INFO, "run"),
        Work::StopPhase => span!(&none, INFO, "stop"),
        Work::Rollback => span!(&none, INFO, "rollback"),
        Work::ExitFunctions => span!(&none, INFO, "exit"),
        Work::ComponentFunction {
            component,
            function,
        } => span!(&phase(), DEBUG, "component", component, phase = function),
        Work::SignalFunction(_) | Work::CleanupStep { .. } | Work::RegisteredFunction { .. } => {
            return;
        }
    };
    OPEN.with_borrow_mut(|open| open.push((work, span)));
}

/// The span of the last that has begun, of those that are as asked for. It is a copy: nothing of the subscriber's is
/// called while the list is borrowed but that copy.
fn span_of(is_wanted: impl Fn(&Work) -> bool) -> Option<Span> {
    OPEN.with_borrow(|open| {
        let found = open.iter().rfind(|(work, _)| is_wanted(work));
        found.map(|(_, span)| span.clone())
    })
}

/// The span of the phase that goes on.
fn phase() -> Span {
    span_of(|work| phase_of(*work).is_some()).unwrap_or_else(Span::none)
}

/// Closes the span of what has ended.
fn close(work: Work) {
    let ended = OPEN.with_borrow_mut(|open| {
        let place = open.iter().rposition(|(known, _)| *known == work)?;
        Some(open.remove(place))
    });
    // The list is free again: this calls the subscriber.
    drop(ended);
}

/// Closes all spans that are left: the app leaves.
fn close_all() {
    let left = OPEN.with_borrow_mut(|open| mem::take(&mut **open));
    // The list is free again, as in `close`. What has begun last is closed first.
    left.into_iter().rev().for_each(drop);
}
