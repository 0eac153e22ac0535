//! What the attributes' output names. Not part of the interface.

use std::fmt::Debug;

use crate::app::{App, Executor, Phases};
use crate::failure::Failure;
use crate::phase::machinery::{
    Base, Kind, Leaves, List, Main, OnSignal, Run, Signals, Start, Stop, Tasks, Then, Threads,
    Whole,
};

pub use crate::app::Options;
pub use crate::phase::Absent;
pub use crate::shield::{boxed_inline, inline};
#[cfg(feature = "tokio")]
pub use crate::shield::{boxed_task, task};
pub use crate::signal::roles::{check_shutdown_signal, check_signal_with_function};

/// The program, from what `#[app]` was told.
#[track_caller]
pub fn main<B, C, St, R, Sp, On, S, P, Q, X, Y, Z, W>(
    options: Options,
    body: B,
    start: St,
    run: R,
    stop: Sp,
    on: On,
) -> !
where
    B: Body<Value = C> + Send + 'static,
    C: 'static,
    S: 'static,
    P: 'static,
    Q: Leaves + 'static,
    St: Start<Base<Threads>, C, Whole, S, P, X>,
    R: Run<Main<Threads, C, P>, S, (), <Threads as Kind>::Run, Q, Y>,
    Sp: Stop<Main<Threads, C, P>, S, Q::ToStop, Z>,
    On: OnSignals<Then<Main<Threads, C, P>, S, Q>, W>,
{
    let app = App::body(|| body.call()).phases(start, run, stop);
    on.add_to(app).with_options(options).main()
}

/// The async program, from what `#[app]` was told.
#[track_caller]
#[allow(
    clippy::too_many_arguments,
    reason = "one for each thing that it was told"
)]
pub fn async_main<B, C, St, R, Sp, On, S, P, Q, X, Y, Z, W>(
    options: Options,
    executor: Executor,
    body: B,
    start: St,
    run: R,
    stop: Sp,
    on: On,
) -> !
where
    B: AsyncBody<Value = C> + Send + 'static,
    C: 'static,
    S: 'static,
    P: 'static,
    Q: Leaves + 'static,
    St: Start<Base<Tasks>, C, Whole, S, P, X>,
    R: Run<Main<Tasks, C, P>, S, (), <Tasks as Kind>::Run, Q, Y>,
    Sp: Stop<Main<Tasks, C, P>, S, Q::ToStop, Z>,
    On: OnSignals<Then<Main<Tasks, C, P>, S, Q>, W>,
{
    let app = App::executor(executor).body(async || body.call().await);
    let app = app.phases(start, run, stop);
    on.add_to(app).with_options(options).main()
}

/// The program of components, from what `#[app]` was told.
pub fn components_main<L: List>(options: Options, app: App<L>) -> ! {
    app.with_options(options).main()
}

/// No components yet, and `main`'s body.
#[track_caller]
pub fn components<B>(body: B) -> App<Main<Threads, B::Value>>
where
    B: Body + Send + 'static,
{
    App::body(|| body.call()).components()
}

/// No components of an async app yet, and `main`'s body.
#[track_caller]
pub fn async_components<B>(executor: Executor, body: B) -> App<Main<Tasks, B::Value>>
where
    B: AsyncBody + Send + 'static,
{
    let app = App::executor(executor);
    app.body(async || body.call().await).components()
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

/// The body of `main`.
pub trait Body {
    type Value: 'static;

    fn call(self) -> Result<Self::Value, Failure>;
}

/// There is none.
#[allow(clippy::missing_errors_doc, reason = "there is none of these either")]
pub fn no_body() -> Result<(), Failure> {
    Ok(())
}

impl<C: 'static, F: FnOnce() -> Result<C, Failure>> Body for F {
    type Value = C;

    fn call(self) -> Result<C, Failure> {
        self()
    }
}

/// One that makes a value.
#[derive(Debug)]
pub struct Plain<C>(fn() -> C);

pub fn plain<C: 'static>(body: fn() -> C) -> Plain<C> {
    Plain(body)
}

impl<C: 'static> Body for Plain<C> {
    type Value = C;

    fn call(self) -> Result<C, Failure> {
        Ok(self.0())
    }
}

/// One that makes a value or fails.
#[derive(Debug)]
pub struct Fallible<C, E> {
    body: fn() -> Result<C, E>,
    explain: fn(E) -> Failure,
}

/// The bound on the error is here alone, where rustc points at the user's function for it.
pub fn fallible<C: 'static, E: Debug + 'static>(body: fn() -> Result<C, E>) -> Fallible<C, E> {
    Fallible {
        body,
        explain: Failure::new,
    }
}

impl<C: 'static, E> Body for Fallible<C, E> {
    type Value = C;

    fn call(self) -> Result<C, Failure> {
        (self.body)().map_err(self.explain)
    }
}

/// The body of an `async fn main`.
#[allow(
    async_fn_in_trait,
    reason = "it runs on one thread and need not be `Send`"
)]
pub trait AsyncBody {
    type Value: 'static;

    async fn call(self) -> Result<Self::Value, Failure>;
}

/// There is none.
#[allow(clippy::missing_errors_doc, reason = "there is none of these either")]
#[allow(clippy::unused_async, reason = "it stands for one that is")]
pub async fn no_async_body() -> Result<(), Failure> {
    Ok(())
}

impl<C: 'static, F: AsyncFnOnce() -> Result<C, Failure>> AsyncBody for F {
    type Value = C;

    async fn call(self) -> Result<C, Failure> {
        self().await
    }
}

/// One that makes a value.
#[derive(Debug)]
pub struct AsyncPlain<F>(F);

pub fn async_plain<C: 'static, F: AsyncFnOnce() -> C>(body: F) -> AsyncPlain<F> {
    AsyncPlain(body)
}

impl<C: 'static, F: AsyncFnOnce() -> C> AsyncBody for AsyncPlain<F> {
    type Value = C;

    async fn call(self) -> Result<C, Failure> {
        Ok((self.0)().await)
    }
}

/// One that makes a value or fails.
#[derive(Debug)]
pub struct AsyncFallible<F, E> {
    body: F,
    explain: fn(E) -> Failure,
}

/// The bound on the error is here alone, where rustc points at the user's function for it.
pub fn async_fallible<C, E, F>(body: F) -> AsyncFallible<F, E>
where
    C: 'static,
    E: Debug + 'static,
    F: AsyncFnOnce() -> Result<C, E>,
{
    AsyncFallible {
        body,
        explain: Failure::new,
    }
}

impl<C: 'static, E, F: AsyncFnOnce() -> Result<C, E>> AsyncBody for AsyncFallible<F, E> {
    type Value = C;

    async fn call(self) -> Result<C, Failure> {
        (self.body)().await.map_err(self.explain)
    }
}
