//! What the app does that its end may have to wait for, so that it can be named.

use std::fmt;
use std::thread;
use std::time::Instant;

use super::Shutdown;
use crate::error::Failure;
use crate::observe::{self, EventKind, Work};
use crate::signal::SIGHUP;
use crate::stragglers::Place;
use crate::sync::lock;
use crate::ticks::Moment;

/// Something that the app does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    /// The body of `main` runs.
    Body,
    /// The `run` of an app without components runs; or there is no `run`, and the app waits for the request.
    Run,
    /// A function of a component runs.
    Component {
        component: &'static str,
        function: &'static str,
    },
    /// The function that this signal calls runs.
    OnSignal(i32),
    /// A step of `Cleanup` is being undone, which was pushed at this place.
    Undo {
        name: &'static str,
        place: Place,
        component: Option<&'static str>,
    },
    /// A function is being called that was registered at this place, by this function of the library.
    Registered { by: &'static str, place: Place },
    /// An error is being looked at, which calls its `Debug`, and is being printed.
    Report,
    /// The executor is being made, or does not poll the phases yet.
    ExecutorBegins,
    /// The phases have ended, and the executor ends, which may drop what its tasks own.
    ExecutorEnds,
}

impl Activity {
    /// By this function exit functions are registered. The exit itself names the one that it waits for.
    pub(crate) const AT_EXIT: &str = "at_exit";

    /// Whether this is the function of SIGHUP, by which a service reads its configuration again.
    fn is_reload(self) -> bool {
        self == Activity::OnSignal(SIGHUP)
    }

    fn is_run(self) -> bool {
        matches!(
            self,
            Activity::Run
                | Activity::Component {
                    function: "run",
                    ..
                }
        )
    }

    /// Whether this is a stretch of the stop by itself, and none of what goes on in one.
    pub(crate) fn is_stretch(self) -> bool {
        matches!(self, Activity::Body | Activity::Run)
    }

    /// Whether this is a part of `start` or `stop`. These two have a shield, and to name both would be to name one
    /// thing twice.
    pub(crate) fn is_in_a_phase(self) -> bool {
        match self {
            Activity::Component { .. } => !self.is_run(),
            Activity::Undo { .. } => true,
            Activity::Body
            | Activity::Run
            | Activity::OnSignal(_)
            | Activity::Registered { .. }
            | Activity::Report
            | Activity::ExecutorBegins
            | Activity::ExecutorEnds => false,
        }
    }
}

impl Activity {
    /// What an observer is told of this. The listener tells of the phases itself.
    fn work(self) -> Option<Work> {
        match self {
            Activity::Component {
                component,
                function,
            } => Some(Work::ComponentFunction {
                component,
                function,
            }),
            Activity::OnSignal(number) => Some(Work::SignalFunction(number)),
            Activity::Undo {
                name, component, ..
            } => Some(Work::CleanupStep {
                step: name,
                component,
            }),
            Activity::Registered { by, place } => Some(Work::RegisteredFunction {
                by,
                file: place.file(),
                line: place.line(),
            }),
            Activity::Body
            | Activity::Run
            | Activity::Report
            | Activity::ExecutorBegins
            | Activity::ExecutorEnds => None,
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Activity::Body => f.write_str("the body of `main`"),
            Activity::Run => f.write_str("`run`"),
            // An observer is told of these in the same words.
            Activity::Component { .. } | Activity::OnSignal(_) | Activity::Registered { .. } => {
                self.work().map_or(Ok(()), |work| work.fmt(f))
            }
            Activity::Undo {
                name,
                place,
                component,
            } => {
                write!(f, "`Cleanup` step `{name}` ({place})")?;
                component.map_or(Ok(()), |name| write!(f, " of component `{name}`"))
            }
            Activity::Report => f.write_str("an error to be printed"),
            Activity::ExecutorBegins => f.write_str("the executor, which has not begun"),
            Activity::ExecutorEnds => {
                f.write_str("the executor, which drops its tasks or waits for its threads")
            }
        }
    }
}

/// The activities that go on, in the order in which they have begun.
#[derive(Debug, Default)]
pub(super) struct Activities {
    ongoing: Vec<(u64, Activity, Moment)>,
    /// How many have begun so far, which tells one from another.
    begun: u64,
    /// How many of these were calls of the function of SIGHUP.
    #[cfg(feature = "systemd")]
    reloads: u64,
}

impl Activities {
    fn is_running(&self) -> bool {
        let mut ongoing = self.ongoing.iter();
        ongoing.any(|(_, activity, _)| activity.is_run())
    }
}

impl Shutdown {
    /// Notes that something is being done, until the value that is returned is dropped.
    pub(crate) fn begin_activity(&self, activity: Activity) -> Ongoing {
        let mut all = lock(&self.shared.activities);
        all.begun += 1;
        let number = all.begun;
        all.ongoing.push((number, activity, Moment::now()));
        #[cfg(feature = "systemd")]
        {
            all.reloads += u64::from(activity.is_reload());
        }
        drop(all);
        if activity.is_reload() {
            self.wake_notifier();
        }
        let work = activity.work();
        if let Some(work) = work {
            observe::tell(|| EventKind::Began(work));
        }
        Ongoing {
            shutdown: self.clone(),
            number,
            activity,
            since: Instant::now(),
        }
    }

    /// Notes that an error is being printed, if this is one. A panic was printed by the panic hook.
    pub(crate) fn begin_report<T>(
        &self,
        returned: &thread::Result<Result<T, Failure>>,
    ) -> Option<Ongoing> {
        matches!(returned, Ok(Err(_))).then(|| self.begin_activity(Activity::Report))
    }

    /// How many activities have begun so far, and how many go on. One of the two changes with each that begins or ends.
    #[cfg(feature = "systemd")]
    pub(crate) fn count_activities(&self) -> (u64, usize) {
        let all = lock(&self.shared.activities);
        (all.begun, all.ongoing.len())
    }

    /// How often the function of SIGHUP was called so far, and whether it is being called.
    #[cfg(feature = "systemd")]
    pub(crate) fn reloads(&self) -> (u64, bool) {
        let all = lock(&self.shared.activities);
        let mut ongoing = all.ongoing.iter();
        (
            all.reloads,
            ongoing.any(|(_, activity, _)| activity.is_reload()),
        )
    }

    /// Whether a `run` goes on.
    pub(crate) fn is_running(&self) -> bool {
        lock(&self.shared.activities).is_running()
    }

    /// Whether this goes on.
    pub(crate) fn does(&self, what: Activity) -> bool {
        let all = lock(&self.shared.activities);
        let mut ongoing = all.ongoing.iter();
        ongoing.any(|(_, activity, _)| *activity == what)
    }

    /// The activities that the end has to wait for, in the order in which they have begun, and since when each goes on.
    pub(crate) fn activities(&self) -> Vec<(Activity, Moment)> {
        let all = lock(&self.shared.activities);
        let runs = all.is_running();
        let awaited = all.ongoing.iter().filter(|(_, activity, _)| {
            // Signals call functions as long as `run` runs. Only then one that still runs is in the way.
            !(runs && matches!(activity, Activity::OnSignal(_)))
        });
        awaited
            .map(|(_, activity, since)| (*activity, *since))
            .collect()
    }
}

/// Stands for something that goes on; from [`Shutdown::begin_activity`]. Dropping it notes that this has ended.
#[derive(Debug)]
pub(crate) struct Ongoing {
    shutdown: Shutdown,
    number: u64,
    activity: Activity,
    since: Instant,
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        if !self.activity.is_stretch() {
            let record = self.shutdown.record();
            record.note(self.since, || self.activity.to_string());
        }
        if let Some(work) = self.activity.work() {
            let after = self.since.elapsed();
            observe::tell(|| EventKind::Finished { work, after });
        }
        let mut all = lock(&self.shutdown.shared.activities);
        let position = all.ongoing.iter().position(|entry| entry.0 == self.number);
        let Some((_, ended, _)) = position.map(|position| all.ongoing.remove(position)) else {
            return;
        };
        if ended.is_reload() {
            self.shutdown.wake_notifier();
        }
        if ended.is_run() && !all.is_running() {
            // A signal's function that still runs is waited for from here on.
            let called = |activity| matches!(activity, Activity::OnSignal(_));
            for (_, _, since) in all.ongoing.iter_mut().filter(|entry| called(entry.1)) {
                *since = Moment::now();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;

    fn named(shutdown: &Shutdown) -> Vec<String> {
        let activities = shutdown.activities();
        activities
            .into_iter()
            .map(|(activity, _)| activity.to_string())
            .collect()
    }

    #[test]
    fn a_signals_function_is_waited_for_when_all_runs_have_ended() {
        let shutdown = Shutdown::new();
        let run = |component| {
            shutdown.begin_activity(Activity::Component {
                component,
                function: "run",
            })
        };
        let (one, two) = (run("one"), run("two"));
        let called = shutdown.begin_activity(Activity::OnSignal(signal::SIGUSR1));
        drop(one);
        assert_eq!(named(&shutdown), ["`run` of component `two`"]);
        drop(two);
        assert_eq!(named(&shutdown), ["the function of SIGUSR1"]);
        drop(called);
        assert!(named(&shutdown).is_empty());
    }
}
