//! `start`: from a configuration to a state.

use super::{Absent, Cleanup, Failure, Shutdown, Started, shape};

/// An `async fn` that can be the `start` phase of an async app: it takes, in this order and each optional,
/// the value of `main`'s body, `&Shutdown`, and `&mut Cleanup`; it returns nothing or a `Result`.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `start` phase of an async app",
    label = "not an async `start` phase",
    note = "with `async fn main` every phase is an `async fn`; what blocks belongs in `tokio::task::spawn_blocking`",
    note = "`start` takes, in this order and each optional: the value of `main`'s body (`{C}` here), `&Shutdown`, `&mut Cleanup`",
    note = "it returns nothing, or `Result<State, E>` where `E: Debug + 'static`"
)]
#[allow(
    async_fn_in_trait,
    reason = "phases run on one thread and need not be `Send`"
)]
pub trait AsyncStart<C, Shape> {
    /// What it makes.
    type State: 'static;

    #[doc(hidden)]
    async fn call(
        self,
        config: C,
        shutdown: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<Self::State, Failure>;
}

// Not a shape to propose in an error: nobody passes `Absent` by hand who wrote a function.
#[diagnostic::do_not_recommend]
impl<C: 'static> AsyncStart<C, shape::NoPhase> for Absent {
    type State = C;

    async fn call(self, config: C, _: &Shutdown, _: &mut Cleanup) -> Result<C, Failure> {
        Ok(config)
    }
}

impl<C, F, R> AsyncStart<C, shape::Nothing> for F
where
    F: AsyncFnOnce() -> R,
    R: Started,
{
    type State = R::State;

    async fn call(self, _: C, _: &Shutdown, _: &mut Cleanup) -> Result<R::State, Failure> {
        self().await.into_state()
    }
}

impl<C, F, R> AsyncStart<C, shape::Value> for F
where
    F: AsyncFnOnce(C) -> R,
    R: Started,
{
    type State = R::State;

    async fn call(self, config: C, _: &Shutdown, _: &mut Cleanup) -> Result<R::State, Failure> {
        self(config).await.into_state()
    }
}

impl<C, F, R> AsyncStart<C, shape::Handle> for F
where
    F: AsyncFnOnce(&Shutdown) -> R,
    R: Started,
{
    type State = R::State;

    async fn call(self, _: C, shutdown: &Shutdown, _: &mut Cleanup) -> Result<R::State, Failure> {
        self(shutdown).await.into_state()
    }
}

impl<C, F, R> AsyncStart<C, shape::ValueHandle> for F
where
    F: AsyncFnOnce(C, &Shutdown) -> R,
    R: Started,
{
    type State = R::State;

    async fn call(
        self,
        config: C,
        shutdown: &Shutdown,
        _: &mut Cleanup,
    ) -> Result<R::State, Failure> {
        self(config, shutdown).await.into_state()
    }
}

impl<C, F, R> AsyncStart<C, shape::AndCleanup<shape::Nothing>> for F
where
    F: AsyncFnOnce(&mut Cleanup) -> R,
    R: Started,
{
    type State = R::State;

    async fn call(self, _: C, _: &Shutdown, cleanup: &mut Cleanup) -> Result<R::State, Failure> {
        self(cleanup).await.into_state()
    }
}

impl<C, F, R> AsyncStart<C, shape::AndCleanup<shape::Value>> for F
where
    F: AsyncFnOnce(C, &mut Cleanup) -> R,
    R: Started,
{
    type State = R::State;

    async fn call(
        self,
        config: C,
        _: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<R::State, Failure> {
        self(config, cleanup).await.into_state()
    }
}

impl<C, F, R> AsyncStart<C, shape::AndCleanup<shape::Handle>> for F
where
    F: AsyncFnOnce(&Shutdown, &mut Cleanup) -> R,
    R: Started,
{
    type State = R::State;

    async fn call(
        self,
        _: C,
        shutdown: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<R::State, Failure> {
        self(shutdown, cleanup).await.into_state()
    }
}

impl<C, F, R> AsyncStart<C, shape::AndCleanup<shape::ValueHandle>> for F
where
    F: AsyncFnOnce(C, &Shutdown, &mut Cleanup) -> R,
    R: Started,
{
    type State = R::State;

    async fn call(
        self,
        config: C,
        shutdown: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<R::State, Failure> {
        self(config, shutdown, cleanup).await.into_state()
    }
}
