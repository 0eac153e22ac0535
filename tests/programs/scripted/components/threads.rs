//! The functions of the components.

use std::process::ExitCode;

use aplomb::component::timeout;
use aplomb::signal::Signal;
use aplomb::{Absent, App, Cleanup, Shutdown};

use super::super::embedded::live;
use super::super::options::configured;
use super::super::phase::Phase;
use super::super::{ON, say_told};
use super::{Api, Cache, Database, have_run, limited, named, push};
use crate::script::{Failure, option, perform, say};

fn phase(
    letter: &'static str,
    name: &'static str,
    shutdown: &Shutdown,
) -> Result<ExitCode, Failure> {
    let phase = Phase::begin(letter);
    let result = perform(name, shutdown);
    phase.end();
    result
}

fn work(
    letter: &'static str,
    name: &'static str,
    shutdown: &Shutdown,
) -> Result<ExitCode, Failure> {
    if option(name).is_some() {
        return phase(letter, name, shutdown);
    }
    let phase = Phase::begin(letter);
    shutdown.wait();
    phase.end();
    Ok(ExitCode::SUCCESS)
}

macro_rules! component {
    ($name:ident, $State:ident, $($Needed:ident)*) => {
        mod $name {
            use super::*;

            pub(super) fn start(
                $(_: &$Needed,)*
                shutdown: &Shutdown,
                cleanup: &mut Cleanup,
            ) -> Result<$State, Failure> {
                push(stringify!($name), shutdown, cleanup);
                let [letter, name] = [
                    concat!(stringify!($name), " S"),
                    concat!(stringify!($name), ".start"),
                ];
                phase(letter, name, shutdown).map(|_| $State)
            }

            pub(super) fn run(
                shutdown: &Shutdown,
                _: &$State,
                $(_: &$Needed,)*
            ) -> Result<ExitCode, Failure> {
                let [letter, name] = [
                    concat!(stringify!($name), " R"),
                    concat!(stringify!($name), ".run"),
                ];
                work(letter, name, shutdown)
            }

            pub(super) fn stop(
                _: $State,
                $(_: &$Needed,)*
                shutdown: &Shutdown,
            ) -> Result<ExitCode, Failure> {
                let [letter, name] = [
                    concat!(stringify!($name), " P"),
                    concat!(stringify!($name), ".stop"),
                ];
                phase(letter, name, shutdown)
            }
        }
    };
}

component!(database, Database,);
component!(cache, Cache, Database);
component!(api, Api, Cache Database);

fn called(name: &'static str, shutdown: &Shutdown) -> Result<(), Failure> {
    say(format!("{name}+"));
    let result = perform(name, shutdown).map(drop);
    say(format!("{name}-"));
    result
}

pub(super) fn app() -> ExitCode {
    let [(usr1, name1), (usr2, name2), ..] = ON;
    if !have_run() {
        return live(|| {
            let app = App::components()
                .with(named("database"), database::start, Absent, database::stop)
                .with(named("cache"), cache::start, Absent, cache::stop)
                .with(named("api"), api::start, Absent, api::stop);
            configured(app)
        });
    }
    if let Some(limit) = limited() {
        return live(|| {
            // A `stop` with a limit may ask for nothing that others have made.
            let stop = |cache: Cache, shutdown: &Shutdown| cache::stop(cache, &Database, shutdown);
            let app = App::components()
                .with(
                    named("database"),
                    database::start,
                    database::run,
                    database::stop,
                )
                .with(
                    named("cache"),
                    cache::start,
                    cache::run,
                    timeout(limit, stop),
                )
                .with(named("api"), api::start, api::run, api::stop);
            configured(app)
        });
    }
    live(|| {
        let mut app = App::components()
            .with(
                named("database"),
                database::start,
                database::run,
                database::stop,
            )
            .with(named("cache"), cache::start, cache::run, cache::stop);
        if option(name1).is_some() {
            // A function for a signal may ask for the components that stand before it.
            let function = move |arrived: &Signal, _: &Cache, shutdown: &Shutdown| {
                say_told(arrived);
                called(name1, shutdown)
            };
            app = app.on(usr1, function);
        }
        let mut app = app.with(named("api"), api::start, api::run, api::stop);
        if option(name2).is_some() {
            let function =
                move |shutdown: &Shutdown, _: &Api, _: &Database| called(name2, shutdown);
            app = app.on(usr2, function);
        }
        configured(app)
    })
}
