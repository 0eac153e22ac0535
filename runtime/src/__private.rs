//! What the attributes' output names. Not part of the interface.

#[cfg(feature = "macros")]
pub mod keys;

use std::convert::Infallible;
use std::fmt::Debug;

use crate::app::{App, Builder};
use crate::conductor::{Executor, Phases};
use crate::phase::machinery::{
    Base, Kind, Leaves, List, Main, NoBody, OnSignal, Run, Signals, Start, Stop, Tasks, Then,
    Threads,
};

pub use crate::conductor::Options;
pub use crate::phase::Absent;
pub use crate::shield::{boxed_inline, inline};
#[cfg(feature = "tokio")]
pub use crate::shield::{boxed_task, task};
pub use crate::signal::table::{check_shutdown_signal, check_signal_with_function};

/// The program, from what `#[app]` was told.
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

/// The program of components, from what `#[app]` was told.
pub fn components_main<L: List>(options: Options, app: App<L>) -> ! {
    app.with_options(options).main()
}

/// The signals and their functions, as the attribute writes them: `((SIGHUP, reload), rest)`, ending in `()`.
pub trait OnSignals<L: List, X> {
    fn add_to(self, app: App<L>) -> App<L>;
}

#[diagnostic::do_not_recommend]
impl<L: List> OnSignals<L, ()> for () {
    fn add_to(self, app: App<L>) -> App<L> {
        app
    }
}

impl<L, F, Rest, X, Xs> OnSignals<L, (X, Xs)> for ((i32, F), Rest)
where
    L: List,
    F: OnSignal<L, Signals<L>, X>,
    X: 'static,
    Rest: OnSignals<L, Xs>,
{
    fn add_to(self, app: App<L>) -> App<L> {
        let ((signal, function), rest) = self;
        rest.add_to(app.on(signal, function))
    }
}

/// `block_on = path`.
pub fn block_on(function: fn(Phases)) -> Executor {
    Executor::block_on(function)
}

/// Tokio, unless something else is named.
#[cfg(feature = "tokio")]
#[must_use]
pub fn tokio_multi_thread(worker_threads: Option<usize>) -> Executor {
    let executor = Executor::tokio();
    worker_threads.map_or(executor, |count| executor.worker_threads(count))
}

/// `flavor = "current_thread"`.
#[cfg(feature = "tokio")]
#[must_use]
pub fn tokio_current_thread() -> Executor {
    Executor::tokio_current_thread()
}

/// Moves all of the parameters of a function into the task that is made of its body.
pub fn whole<T>(_: T) {}

/// `main` has no body.
#[track_caller]
pub fn no_body() -> Builder<Threads, (), NoBody> {
    App::without_body()
}

/// The body of `main` makes a value.
#[track_caller]
pub fn plain<C: 'static>(body: fn() -> C) -> Builder<Threads, C> {
    App::body(move || Ok::<C, Infallible>(body()))
}

/// The body of `main` makes a value or fails.
#[track_caller]
pub fn fallible<C: 'static, E: Debug + 'static>(body: fn() -> Result<C, E>) -> Builder<Threads, C> {
    App::body(body)
}

/// The `async fn main` has no body.
#[track_caller]
pub fn async_no_body(executor: Executor) -> Builder<Tasks, (), NoBody> {
    App::executor(executor)
}

/// The body of the `async fn main` makes a value.
#[track_caller]
pub fn async_plain<C: 'static>(
    executor: Executor,
    body: impl AsyncFnOnce() -> C + Send + 'static,
) -> Builder<Tasks, C> {
    App::executor(executor).body(async || Ok::<C, Infallible>(body().await))
}

/// The body of the `async fn main` makes a value or fails.
#[track_caller]
pub fn async_fallible<C: 'static, E: Debug + 'static>(
    executor: Executor,
    body: impl AsyncFnOnce() -> Result<C, E> + Send + 'static,
) -> Builder<Tasks, C> {
    App::executor(executor).body(body)
}
