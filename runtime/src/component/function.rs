//! How a component's function has ended: what is printed, and whether that asks for the shutdown.

use std::thread;

use crate::error::Failure;
use crate::phase::Component;
use crate::report;
use crate::shutdown::{Activity, Shutdown};
use crate::status::End;
use crate::unwind::{flatten_end, judge};

/// Which of a component's three functions, with the words for its failure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Function {
    Start,
    Run,
    Stop,
}

impl Function {
    /// This function of that component, as what the end of the app may have to wait for.
    pub(crate) fn of(self, component: &'static str) -> Activity {
        let function = self.name();
        Activity::Component {
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

    /// The error of this function, with the component's name before its text.
    pub(crate) fn failure(self, component: &str, error: Failure) -> Failure {
        let failed = match self {
            Function::Start => "cannot start",
            Function::Run => "has failed",
            Function::Stop => "cannot stop",
        };
        error.of(format!("component `{component}` {failed}"))
    }

    /// Says in whose function a panic was: the panic's own message does not tell the component.
    pub(crate) fn name_panic(self, component: &str) {
        let function = self.name();
        report::error(&format!(
            "component `{component}` has panicked in `{function}`"
        ));
    }
}

/// Judges how the `run` of a component has ended, which is in `returned`, an outer `Err` being a panic. The first `run`
/// that ends asks for the shutdown of all. A failure is printed at once, since the other `run`s may take long to end.
///
/// `None` means that the component is optional and its `run` has ended well: that asks for nothing.
pub(super) fn run_has_ended(
    component: Component,
    returned: thread::Result<Result<End, Failure>>,
    shutdown: &Shutdown,
) -> Option<End> {
    let Component { name, optional } = component;
    if optional && matches!(returned, Ok(Ok(End::Done))) {
        return None;
    }
    // Before the request below: an `Err(Cancelled)` of a `run` that nobody has asked to end is a failure.
    let asked = shutdown.is_requested();
    if !asked {
        let how = match &returned {
            Ok(Ok(_)) => "has ended",
            Ok(Err(_)) => "has failed",
            Err(_) => "has panicked",
        };
        shutdown.request(format!("component `{name}` {how}"));
    }
    Some(judged(Function::Run, name, returned, asked, shutdown))
}

/// Judges how the `stop` of a component has ended, which is in `returned`, an outer `Err` being a panic. A failure is
/// printed at once.
pub(crate) fn stop_has_ended(
    component: &str,
    returned: thread::Result<Result<End, Failure>>,
    shutdown: &Shutdown,
) -> End {
    let asked = shutdown.is_requested();
    judged(Function::Stop, component, returned, asked, shutdown)
}

fn judged(
    function: Function,
    component: &str,
    returned: thread::Result<Result<End, Failure>>,
    asked: bool,
    shutdown: &Shutdown,
) -> End {
    let _reporting = shutdown.begin_report(&returned);
    let returned = returned.map(|returned| {
        let named = |error| function.failure(component, error);
        returned.map_err(named)
    });
    let end = flatten_end(judge(returned, asked));
    match end {
        // A component that was told to end, and says so, has ended well.
        End::Cancelled => End::Done,
        End::Panicked => {
            function.name_panic(component);
            end
        }
        End::Done | End::Code(_) | End::Signal(_) | End::Failed => end,
    }
}
