//! Functions have captured what panics when it is dropped; errors panic when they are looked at.

use std::process::ExitCode;

use aplomb::phase::List;
use aplomb::signal::{SIGUSR1, SIGUSR2};
use aplomb::{Absent, App, Cleanup, Shutdown};

use crate::script::bomb::{Bomb, Fault, case};
use crate::script::say;

/// The body, `start`, and what `run` and `stop` return; all functions have captured something.
fn app<E: std::fmt::Debug + 'static>(
    body: fn() -> Result<(), E>,
    start: fn(&Shutdown, &mut Cleanup) -> Result<u32, E>,
    ended: fn() -> Result<ExitCode, E>,
) -> App<impl List> {
    let bombs = ["start", "run", "stop", "usr1", "usr2"].map(Bomb);
    let [in_start, in_run, in_stop, in_usr1, in_usr2] = bombs;
    let start = move |shutdown: &Shutdown, cleanup: &mut Cleanup| {
        std::mem::forget(in_start);
        cleanup.push("step", (), |()| say("undone"));
        start(shutdown, cleanup)
    };
    let run = move |_: &u32| {
        std::mem::forget(in_run);
        say("R+");
        ended()
    };
    let stop = move |_: u32| {
        std::mem::forget(in_stop);
        say("P+");
        ended()
    };
    let usr1 = move |_: &u32| {
        let _ = &in_usr1;
    };
    let usr2 = move |_: &u32| {
        let _ = &in_usr2;
    };
    App::body(body)
        .phases(start, run, stop)
        .on(SIGUSR1, usr1)
        .on(SIGUSR2, usr2)
}

#[allow(clippy::unnecessary_wraps, reason = "others fail in its place")]
fn well() -> Result<ExitCode, &'static str> {
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::unnecessary_wraps, reason = "others fail in its place")]
fn one(_: &Shutdown, _: &mut Cleanup) -> Result<u32, &'static str> {
    Ok(1)
}

/// Three components: the second ends the start, the third has captured something.
fn components(second: fn(&Shutdown) -> Result<(), &'static str>) {
    let [in_start, in_run, in_stop] = ["start", "run", "stop"].map(Bomb);
    App::components()
        .with(
            "first",
            || Ok::<u32, String>(1),
            Absent,
            |_: u32| say("first stops"),
        )
        .with("second", second, Absent, Absent)
        .with(
            "third",
            move || {
                let _ = &in_start;
                Ok::<u8, String>(3)
            },
            move |_: &u8| {
                let _ = &in_run;
            },
            move |_: u8| {
                let _ = &in_stop;
            },
        )
        .main()
}

pub(crate) fn main() {
    match case() {
        "body-fails" => app(|| Err("no"), one, well).main(),
        "start-fails" => app(|| Ok(()), |_, _| Err("no"), well).main(),
        "start-requests" => app(
            || Ok(()),
            |shutdown, _| {
                shutdown.request("enough");
                Ok(1)
            },
            well,
        )
        .main(),
        "all-is-well" => app(|| Ok(()), one, well).main(),
        "errors" => app(|| Ok(()), |_, _| Ok(1), || Err(Fault)).main(),
        "error-of-start" => app(|| Ok(()), |_, _| Err(Fault), || Ok(ExitCode::SUCCESS)).main(),
        "error-of-a-step" => {
            let start = |cleanup: &mut Cleanup| {
                cleanup.push("step", (), |()| say("undone"));
                cleanup.push("torn", (), |()| Err::<(), _>(Fault));
            };
            App::new(start, || say("R+"), || say("P+")).main()
        }
        "component-fails" => components(|_| Err("no")),
        "component-requests" => components(|shutdown| {
            shutdown.request("enough");
            Ok(())
        }),
        other => panic!("no such case: {other}"),
    }
}
