//! How a function of a component has ended, and who is told.

use std::thread;

use crate::error::Failure;
use crate::report;
use crate::shutdown::{Activity, Shutdown};
use crate::status::End;
use crate::unwind::{flatten_end, judge};

/// One of the three, with the words for its failure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Function {
    Start,
    Run,
    Stop,
}

impl Function {
    /// That it is this component's, for whoever asks what the end waits for.
    pub(crate) fn of(self, component: &'static str) -> Activity {
        let function = self.name();
        Activity {
            component,
            function,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Function::Start => "start",
            Function::Run => "run",
            Function::Stop => "stop",
        }
    }

    /// The error, with the component's name.
    pub(crate) fn failure(self, component: &str, error: Failure) -> Failure {
        let failed = match self {
            Function::Start => "cannot start",
            Function::Run => "has failed",
            Function::Stop => "cannot stop",
        };
        error.of(format!("component `{component}` {failed}"))
    }

    /// A panic has printed itself, but not whose it is.
    pub(crate) fn name_panic(self, component: &str) {
        let function = self.name();
        report::failure(&format!(
            "component `{component}` has panicked in `{function}`"
        ));
    }
}

/// How a `run` has ended that has returned this, or has panicked: the first one asks for the shutdown of all. What has
/// gone wrong is printed here and now, since the others may take long.
pub(super) fn run_has_ended(
    component: &str,
    returned: thread::Result<Result<End, Failure>>,
    shutdown: &Shutdown,
) -> End {
    let asked = shutdown.is_requested();
    if !asked {
        let how = match &returned {
            Ok(Ok(_)) => "has ended",
            Ok(Err(_)) => "has failed",
            Err(_) => "has panicked",
        };
        shutdown.request(format!("component `{component}` {how}"));
    }
    judged(Function::Run, component, returned, asked)
}

/// How a `stop` has ended, likewise.
pub(crate) fn stop_has_ended(
    component: &str,
    returned: thread::Result<Result<End, Failure>>,
    shutdown: &Shutdown,
) -> End {
    judged(Function::Stop, component, returned, shutdown.is_requested())
}

fn judged(
    function: Function,
    component: &str,
    returned: thread::Result<Result<End, Failure>>,
    asked: bool,
) -> End {
    let returned = returned.map(|returned| {
        let named = |error| function.failure(component, error);
        returned.map_err(named)
    });
    let end = flatten_end(judge(returned, asked));
    match end {
        // Others may end with a status of their own, which this must not hide.
        End::Cancelled => End::Done,
        End::Panicked => {
            function.name_panic(component);
            end
        }
        End::Done | End::Code(_) | End::Failed => end,
    }
}
