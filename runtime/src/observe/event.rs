//! What functions of the program's are told.

use std::fmt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::report::Line;
use crate::signal::{Named, Signal};
use crate::status::Status;
use crate::stragglers::Age;

/// Something that has happened in the life of an app: what the functions of [`App::observe`](crate::App::observe) and
/// [`App::report`](crate::App::report) are told.
///
/// Its `Display` is the line that standard error has of it, or would have, or else a few words.
///
/// ```no_run
/// use aplomb::{Absent, App, Event, EventKind, Shutdown, Work};
///
/// # struct Metrics;
/// # impl Metrics { fn up(&self, is_up: bool) {} fn held_up(&self, by: &str) {} }
/// # let metrics = Metrics;
/// let observer = move |event: &Event| match &event.kind {
///     EventKind::Began(Work::RunPhase) => metrics.up(true),
///     EventKind::Requested { .. } => metrics.up(false),
///     EventKind::HeldUp { by, .. } => metrics.held_up(by),
///     _ => {}
/// };
/// App::new(Absent, |shutdown: &Shutdown| shutdown.wait(), Absent).observe(observer).main();
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event {
    /// When it has happened. The functions are called a little later.
    pub at: Instant,
    /// What has happened.
    pub kind: EventKind,
    /// The line that standard error has of it, where the kind does not say all of that.
    line: Option<String>,
    is_failure: bool,
}

impl Event {
    pub(super) fn new(kind: EventKind) -> Self {
        Event {
            at: Instant::now(),
            kind,
            line: None,
            is_failure: false,
        }
    }

    /// An event of which standard error has this line.
    pub(super) fn with_line(kind: EventKind, line: &Line) -> Self {
        let has_it = matches!(kind, EventKind::Failed(_) | EventKind::Noted(_));
        Event {
            line: (!has_it).then(|| line.text().to_owned()),
            is_failure: line.is_failure(),
            ..Event::new(kind)
        }
    }

    /// The line that standard error has of this event, or would have without a function that takes it. `None` for an
    /// event of which it has none.
    ///
    /// Without what it begins with there: `Error: ` for [`EventKind::Failed`], or `aplomb: `.
    #[must_use]
    pub fn line(&self) -> Option<&str> {
        match &self.kind {
            EventKind::Failed(text) | EventKind::Noted(text) => Some(text),
            _ => self.line.as_deref(),
        }
    }

    /// Whether the line says why the process ends with a failure. Such a line goes to standard error where nobody takes
    /// it.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.is_failure
    }
}

/// Whether a function of [`App::report`](crate::App::report) has reported an event.
///
/// A function that returns `()` always has. One that returns a `Result` has not where that is an `Err`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// The event was reported, or is of no interest.
    Yes,
    /// The event was not reported: a line of it that says why the process ends with a failure goes to standard error.
    No,
}

impl From<()> for Reported {
    fn from((): ()) -> Self {
        Reported::Yes
    }
}

impl<E> From<Result<(), E>> for Reported {
    fn from(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Reported::Yes,
            Err(_) => Reported::No,
        }
    }
}

// The variants of this and of `Work` do not have the names of other things of this library. Where two things share a
// name, rustc prints both with their paths, also in its messages about phases.
/// What has happened in the life of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// The app has begun to do this.
    Began(Work),
    /// The app has done this, well or not.
    Finished {
        /// What has ended.
        work: Work,
        /// How long it has taken.
        after: Duration,
    },
    /// The shutdown was requested.
    Requested {
        /// What has asked for it, in words: those of [`Shutdown::reason`](crate::Shutdown::reason).
        why: String,
        /// The shutdown signal, if it was one.
        signal: Option<Signal>,
    },
    /// A further shutdown signal has come that counts: the first one, where something else had made the request, or a
    /// SIGINT by which the user insists.
    Signalled(Signal),
    /// `run` is cancelled. Where the app does not drain this comes with the request.
    RunCancelled,
    /// The end waits for something, which is named by a line as well: a shield, a function, a child.
    HeldUp {
        /// What that is, in words.
        by: String,
        /// For how long it has been waited for.
        since: Duration,
    },
    /// Something has happened to a child of the feature `process`.
    ChildChanged {
        /// What the child is called.
        name: String,
        /// Its process id.
        id: u32,
        /// What has happened.
        what: ChildEvent,
    },
    /// A limit of the app has passed.
    LimitPassed {
        /// The name of the option, such as `timeout(stop)`.
        option: &'static str,
        /// How long it was.
        limit: Duration,
    },
    /// An error was printed, or reported: the `Err` of a function of the app's, or what else has kept it from doing its
    /// work.
    Failed(String),
    /// A line was printed, or reported, of something that is no other event.
    Noted(String),
    /// The app leaves with this status. Nothing follows in an app that is the whole program, but for lines.
    Leaving(Status),
    /// So many events were lost since the one before, since the functions were too slow.
    Lost(u64),
}

/// What happens to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildEvent {
    /// The child was started, and has become its program.
    Started,
    /// The child was asked to end.
    Asked,
    /// The child was killed, with its group: it had not ended within its grace, or in time.
    Killed,
    /// The child is over, with its group where it was asked to end. `None` where other code has taken its status.
    Reaped(Option<ExitStatus>),
}

impl fmt::Display for ChildEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChildEvent::Started => f.write_str("started"),
            ChildEvent::Asked => f.write_str("asked to end"),
            ChildEvent::Killed => f.write_str("killed"),
            ChildEvent::Reaped(Some(status)) => write!(f, "ended: {status}"),
            ChildEvent::Reaped(None) => f.write_str("ended"),
        }
    }
}

/// What an app does: a phase, a function of a component, a function that the library calls for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Work {
    /// The body of `main`.
    Body,
    /// `start`; of all components together.
    StartPhase,
    /// `run`; of all components together.
    RunPhase,
    /// `stop`, with what undoes `start`; of all components together.
    StopPhase,
    /// What undoes a failed `start`.
    Rollback,
    /// The exit functions.
    ExitFunctions,
    /// A function of one component.
    ComponentFunction {
        /// The name of the component.
        component: &'static str,
        /// Which function it is: `start`, `run` or `stop`.
        function: &'static str,
    },
    /// The function that a signal calls, by the number of the signal.
    SignalFunction(i32),
    /// A step of a [`Cleanup`](crate::Cleanup).
    CleanupStep {
        /// The name of the step.
        step: &'static str,
        /// The component that has pushed it, if one has.
        component: Option<&'static str>,
    },
    /// A function that the program has registered.
    RegisteredFunction {
        /// By which function of this library: `on_request`, `on_signal` or `at_exit`.
        by: &'static str,
        /// The source file of that call.
        file: &'static str,
        /// The line of that call.
        line: u32,
    },
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Body => f.write_str("the body of `main`"),
            Work::StartPhase => f.write_str("`start`"),
            Work::RunPhase => f.write_str("`run`"),
            Work::StopPhase => f.write_str("`stop`"),
            Work::Rollback => f.write_str("what undoes `start`"),
            Work::ExitFunctions => f.write_str("the exit functions"),
            Work::ComponentFunction {
                component,
                function,
            } => write!(f, "`{function}` of component `{component}`"),
            Work::SignalFunction(number) => write!(f, "the function of {}", Named(*number)),
            Work::CleanupStep { step, component } => {
                write!(f, "`Cleanup` step `{step}`")?;
                component.map_or(Ok(()), |name| write!(f, " of component `{name}`"))
            }
            Work::RegisteredFunction { by, file, line } => {
                write!(f, "function of `{by}` ({file}:{line})")
            }
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventKind::Began(work) => write!(f, "{work}: begun"),
            EventKind::Finished { work, after } => write!(f, "{work}: ended after {}", Age(*after)),
            EventKind::Requested { why, .. } => write!(f, "the shutdown was requested: {why}"),
            EventKind::Signalled(signal) => write!(f, "a further signal: {signal}"),
            EventKind::RunCancelled => f.write_str("`run` is cancelled"),
            EventKind::HeldUp { by, since } => write!(f, "waiting for {by}, for {}", Age(*since)),
            EventKind::ChildChanged { name, id, what } => {
                write!(f, "child `{name}` (pid {id}): {what}")
            }
            EventKind::LimitPassed { option, limit } => {
                write!(f, "{option} of {limit:?} has passed")
            }
            EventKind::Failed(text) | EventKind::Noted(text) => f.write_str(text),
            EventKind::Leaving(Status::Code(code)) => write!(f, "leaving with status {code}"),
            EventKind::Leaving(Status::Signal(number)) => write!(f, "dying by {}", Named(*number)),
            EventKind::Lost(count) => write!(f, "{count} events were lost"),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line() {
            Some(line) => f.write_str(line),
            None => self.kind.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;

    #[test]
    fn each_thing_has_words() {
        let words = [
            (EventKind::Began(Work::StartPhase), "`start`: begun"),
            (
                EventKind::Finished {
                    work: Work::ComponentFunction {
                        component: "cache",
                        function: "stop",
                    },
                    after: Duration::from_millis(1_250),
                },
                "`stop` of component `cache`: ended after 1.2 s",
            ),
            (
                EventKind::LimitPassed {
                    option: "deadline",
                    limit: Duration::from_secs(3),
                },
                "deadline of 3s has passed",
            ),
            (
                EventKind::Leaving(Status::Code(124)),
                "leaving with status 124",
            ),
            (
                EventKind::Leaving(Status::Signal(signal::SIGTERM)),
                "dying by SIGTERM",
            ),
        ];
        for (kind, text) in words {
            assert_eq!(kind.to_string(), text);
        }
    }
}
