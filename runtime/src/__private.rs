//! What the code names that the attributes write. This module is no part of the interface, and may change in any
//! version.

#[cfg(feature = "macros")]
pub mod keys;

use std::convert::Infallible;
use std::fmt::Debug;
#[cfg(feature = "tokio")]
use std::io;

use crate::app::{App, Builder};
use crate::conductor::{Executor, Limits, Phases};
use crate::observe::{Event, Reported};
use crate::phase::machinery::{
    Base, Kind, Leaves, List, Main, NoBody, OnSignals, Run, Start, Stop, Tasks, Then, Threads,
};

pub use crate::conductor::Options;
pub use crate::phase::Absent;
pub use crate::shield::{boxed_inline, inline};
#[cfg(feature = "tokio")]
pub use crate::shield::{boxed_task, task};
pub use crate::signal::table::{check_shutdown_signal, check_signal_with_function};

// The letters are those of `App::new`. They stay short, since rustc prints these lines in its messages. All bounds
// stand at this one function, so that a wrong phase is reported once; a chain of calls would also report the method
// that is missing then.

/// Runs a plain app as the whole program: what `#[app(start, run, stop)]` calls.
pub fn main<K, C, Own, St, R, Sp, On, S, P, Q, X, Y, Z, W>(
    options: Options,
    builder: Builder<K, C, Own>,
    start: St,
    run: R,
    stop: Sp,
    on: On,
) -> !
where
    K: Kind,
    C: 'static,
    Own: 'static,
    S: 'static,
    P: 'static,
    Q: Leaves + 'static,
    St: Start<Base<K>, C, Own, S, P, X>,
    R: Run<Main<K, C, P>, S, (), K::Run, Q, Y>,
    Sp: Stop<Main<K, C, P>, S, Q::ToStop, Z>,
    On: OnSignals<Then<Main<K, C, P>, S, Q>, W>,
{
    let app = on.add_to(builder.phases(start, run, stop));
    app.with_options(options).main()
}

/// Runs an app of components as the whole program: what `#[app(components(…))]` calls.
pub fn components_main<L: List>(options: Options, app: App<L>) -> ! {
    app.with_options(options).main()
}

/// The app whose limits the value of the body changes: `limits = path`.
pub fn limits<K: Kind, C: 'static, Own: 'static>(
    builder: Builder<K, C, Own>,
    change: fn(&C, &mut Limits),
) -> Builder<K, C, Own> {
    builder.limits(change)
}

/// The app that a function of the program's is told of: `observe = path`.
pub fn observe<K: Kind, C: 'static, Own: 'static>(
    builder: Builder<K, C, Own>,
    observer: fn(&Event),
) -> Builder<K, C, Own> {
    builder.observe(observer)
}

/// The app whose lines a function of the program's takes: `report = path`.
pub fn report<K: Kind, C: 'static, Own: 'static, R: Into<Reported> + 'static>(
    builder: Builder<K, C, Own>,
    reporter: fn(&Event) -> R,
) -> Builder<K, C, Own> {
    builder.report(reporter)
}

/// The app that systemd is told of: `systemd`.
#[cfg(feature = "systemd")]
pub fn systemd<K: Kind, C: 'static, Own: 'static>(
    builder: Builder<K, C, Own>,
    systemd: crate::systemd::Systemd,
) -> Builder<K, C, Own> {
    builder.systemd(systemd)
}

/// The executor of `block_on = path`.
pub fn block_on(function: fn(Phases)) -> Executor {
    Executor::block_on(function)
}

/// The executor where the attribute names none, with as many threads as `worker_threads = 4` says.
#[cfg(feature = "tokio")]
#[must_use]
pub fn tokio_multi_thread(worker_threads: Option<usize>) -> Executor {
    let executor = Executor::tokio();
    worker_threads.map_or(executor, |count| executor.worker_threads(count))
}

/// The executor of `flavor = "current_thread"`.
#[cfg(feature = "tokio")]
#[must_use]
pub fn tokio_current_thread() -> Executor {
    Executor::tokio_current_thread()
}

/// The executor of `runtime = path`.
#[cfg(feature = "tokio")]
pub fn runtime(build: fn() -> io::Result<tokio::runtime::Runtime>) -> Executor {
    Executor::runtime(build)
}

/// Called with a reference to `self` in the `async` block that is made of a function's body, so that the block captures
/// all of `self`, as an `async fn` does. Otherwise it would capture the fields that the body uses, and the others would
/// be dropped when the function returns its future.
pub fn whole<T>(_: T) {}

/// The beginning of an app whose `fn main` has no body.
#[track_caller]
pub fn no_body() -> Builder<Threads, (), NoBody> {
    App::without_body()
}

/// The beginning of an app whose `fn main` has a body that cannot fail.
#[track_caller]
pub fn plain<C: 'static>(body: fn() -> C) -> Builder<Threads, C> {
    App::body(move || Ok::<C, Infallible>(body()))
}

/// The beginning of an app whose `fn main` has a body that returns a `Result`.
#[track_caller]
pub fn fallible<C: 'static, E: Debug + 'static>(body: fn() -> Result<C, E>) -> Builder<Threads, C> {
    App::body(body)
}

/// The beginning of an app whose `async fn main` has no body.
#[track_caller]
pub fn async_no_body(executor: Executor) -> Builder<Tasks, (), NoBody> {
    App::executor(executor)
}

/// The beginning of an app whose `async fn main` has a body that cannot fail.
#[track_caller]
pub fn async_plain<C: 'static>(
    executor: Executor,
    body: impl AsyncFnOnce() -> C + Send + 'static,
) -> Builder<Tasks, C> {
    App::executor(executor).body(async || Ok::<C, Infallible>(body().await))
}

/// The beginning of an app whose `async fn main` has a body that returns a `Result`.
#[track_caller]
pub fn async_fallible<C: 'static, E: Debug + 'static>(
    executor: Executor,
    body: impl AsyncFnOnce() -> Result<C, E> + Send + 'static,
) -> Builder<Tasks, C> {
    App::executor(executor).body(body)
}
