//! The script as an app.

use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use aplomb::phase::List;
use aplomb::signal::{SIGUSR1, Signal};
use aplomb::{App, Cleanup, ExitPolicy, Shutdown};

use super::marks::Call;
use super::plain::At;
use super::script::COMPONENTS;
use super::{Fault, Step, embedded, script, tasks, threads};

/// What the `start` of a part has made.
struct Made<const PART: usize>;

/// Which functions the part without a name has: that is the app of three phases.
const ALONE: usize = 3;

fn name(part: usize, function: &str) -> String {
    match COMPONENTS.get(part) {
        Some(component) => format!("{component}.{function}"),
        None => function.to_owned(),
    }
}

/// A step that only `start` can carry out: it pushes what undoes it.
fn push(cleanup: &mut Cleanup, step: &Step, at: At<'_>, shutdown: &Shutdown) -> bool {
    if step.verb != "undo" {
        return false;
    }
    let (function, shutdown) = (step.object.clone(), shutdown.clone());
    // Every other one of an async app is an `async fn`.
    if script().is_async() && at.position & 1 == 0 {
        cleanup.push_async(
            "step",
            (function, shutdown),
            async |(function, shutdown)| tasks::perform(&function, &shutdown).await.map(drop),
        );
    } else {
        cleanup.push("step", (function, shutdown), |(function, shutdown)| {
            threads::perform(&function, &shutdown).map(drop)
        });
    }
    true
}

fn start<const PART: usize>(
    cleanup: &mut Cleanup,
    shutdown: &Shutdown,
) -> Result<Made<PART>, Fault> {
    let own = |step: &Step, at: At<'_>| push(cleanup, step, at, shutdown);
    threads::perform_with(&name(PART, "start"), shutdown, own)?;
    Ok(Made)
}

fn usr1(shutdown: &Shutdown, arrived: &Signal) -> Result<(), Fault> {
    let call = Call::told("usr1", arrived);
    threads::carry_out(&call, "usr1", shutdown, |_, _| false).map(drop)
}

async fn start_async<const PART: usize>(
    cleanup: &mut Cleanup,
    shutdown: &Shutdown,
) -> Result<Made<PART>, Fault> {
    let own = |step: &Step, at: At<'_>| push(cleanup, step, at, shutdown);
    tasks::perform_with(&name(PART, "start"), shutdown, own).await?;
    Ok(Made)
}

async fn usr1_async(shutdown: &Shutdown, arrived: &Signal) -> Result<(), Fault> {
    let call = Call::told("usr1", arrived);
    let performed = tasks::carry_out(&call, "usr1", shutdown, |_, _| false);
    performed.await.map(drop)
}

/// The functions `run` and `stop`, with this kind of status: an app returns either codes or the statuses of children.
macro_rules! returning {
    ($name:ident, $Status:ty, $status:ident) => {
        mod $name {
            use super::*;

            pub(super) fn run<const PART: usize>(
                _: &Made<PART>,
                shutdown: &Shutdown,
            ) -> Result<$Status, Fault> {
                let ended = threads::perform(&name(PART, "run"), shutdown)?;
                Ok(ended.$status())
            }

            pub(super) fn stop<const PART: usize>(
                _: Made<PART>,
                shutdown: &Shutdown,
            ) -> Result<$Status, Fault> {
                let ended = threads::perform(&name(PART, "stop"), shutdown)?;
                Ok(ended.$status())
            }

            pub(super) async fn run_async<const PART: usize>(
                _: &Made<PART>,
                shutdown: &Shutdown,
            ) -> Result<$Status, Fault> {
                let ended = tasks::perform(&name(PART, "run"), shutdown).await?;
                Ok(ended.$status())
            }

            pub(super) async fn stop_async<const PART: usize>(
                _: Made<PART>,
                shutdown: &Shutdown,
            ) -> Result<$Status, Fault> {
                let ended = tasks::perform(&name(PART, "stop"), shutdown).await?;
                Ok(ended.$status())
            }

            pub(super) fn of_threads() {
                let builder = App::body(body);
                if !script().has_components() {
                    let app = builder.phases(start::<ALONE>, run::<ALONE>, stop::<ALONE>);
                    return main(app.on(SIGUSR1, usr1));
                }
                let [a, b, c] = COMPONENTS;
                let app = builder.components();
                let app = app.with(a, start::<0>, run::<0>, stop::<0>);
                let app = app.with(b, start::<1>, run::<1>, stop::<1>);
                let app = app.with(c, start::<2>, run::<2>, stop::<2>);
                main(app.on(SIGUSR1, usr1));
            }

            pub(super) fn of_tasks() {
                let builder = App::executor(tasks::executor()).body(async || body());
                if !script().has_components() {
                    let app = builder.phases(
                        start_async::<ALONE>,
                        run_async::<ALONE>,
                        stop_async::<ALONE>,
                    );
                    return main(app.on(SIGUSR1, usr1_async));
                }
                let [a, b, c] = COMPONENTS;
                let app = builder.components();
                let app = app.with(a, start_async::<0>, run_async::<0>, stop_async::<0>);
                let app = app.with(b, start_async::<1>, run_async::<1>, stop_async::<1>);
                let app = app.with(c, start_async::<2>, run_async::<2>, stop_async::<2>);
                main(app.on(SIGUSR1, usr1_async));
            }
        }
    };
}

returning!(codes, ExitCode, code);
returning!(statuses, ExitStatus, status);

fn body() -> Result<(), Fault> {
    // There is no handle of the app yet, so the body gets one that belongs to none.
    threads::perform("body", &Shutdown::new()).map(drop)
}

pub(super) fn all() {
    match (script().is_async(), script().option("as-child")) {
        (false, None) => codes::of_threads(),
        (false, Some(_)) => statuses::of_threads(),
        (true, None) => codes::of_tasks(),
        (true, Some(_)) => statuses::of_tasks(),
    }
}

fn main<L: List>(mut app: App<L>) {
    let limit = |name| script().number(name).map(Duration::from_millis);
    if let Some(limit) = limit("timeout-start") {
        app = app.timeout_start(limit);
    }
    if let Some(limit) = limit("timeout-run") {
        app = app.timeout_run(limit);
    }
    if let Some(limit) = limit("timeout-stop") {
        app = app.timeout_stop(limit);
    }
    if let Some(limit) = limit("deadline") {
        app = app.deadline(limit);
    }
    if let Some(wait) = limit("exit-wait") {
        app = app.exit_wait(wait);
    }
    if let Some(time) = limit("drain") {
        app = app.drain(time);
    }
    if let Some(time) = limit("grace") {
        app = app.grace(time);
    }
    if let Some(count) = script().number("force-after") {
        app = app.force_after(u8::try_from(count).expect("a count"));
    }
    app = match script().option("exit") {
        Some("code") => app.exit(ExitPolicy::Code),
        Some("success") => app.exit(ExitPolicy::Success),
        _ => app,
    };
    match script().option("embedded") {
        Some(_) => embedded::program(app),
        None => app.main(),
    }
}
