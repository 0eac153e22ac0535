//! `run`: the work, with the state by reference.

use super::{Absent, Access, End, Ended, Exclusive, Failure, Shared, Shutdown, shape};

/// An `async fn` that can be the `run` phase of an async app whose state is `S`: it takes, in this order
/// and each optional, `&S` or `&mut S`, and `&Shutdown`.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `run` phase of an async app whose state is `{S}`",
    label = "not an async `run` phase",
    note = "with `async fn main` every phase is an `async fn`",
    note = "`run` takes, in this order and each optional: `&{S}` or `&mut {S}`, and `&Shutdown`; without `start` the state is the value of `main`'s body",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`"
)]
#[allow(
    async_fn_in_trait,
    reason = "phases run on one thread and need not be `Send`"
)]
pub trait AsyncRun<S: 'static, Shape> {
    /// How it borrows the state.
    type Access: Access<S>;

    #[doc(hidden)]
    async fn call(
        self,
        state: <Self::Access as Access<S>>::Ref<'_>,
        shutdown: &Shutdown,
    ) -> Result<End, Failure>;
}

// Not a shape to propose in an error: nobody passes `Absent` by hand who wrote a function.
#[diagnostic::do_not_recommend]
impl<S: 'static> AsyncRun<S, shape::NoPhase> for Absent {
    type Access = Shared;

    async fn call(
        self,
        _: <Shared as Access<S>>::Ref<'_>,
        shutdown: &Shutdown,
    ) -> Result<End, Failure> {
        shutdown.cancelled().await;
        Ok(End::Done)
    }
}

impl<S: 'static, F, R> AsyncRun<S, shape::Nothing> for F
where
    F: AsyncFnOnce() -> R,
    R: Ended,
{
    type Access = Shared;

    async fn call(self, _: <Shared as Access<S>>::Ref<'_>, _: &Shutdown) -> Result<End, Failure> {
        self().await.into_end()
    }
}

impl<S: 'static, F, R> AsyncRun<S, shape::Value> for F
where
    F: AsyncFnOnce(&S) -> R,
    R: Ended,
{
    type Access = Shared;

    async fn call(
        self,
        state: <Shared as Access<S>>::Ref<'_>,
        _: &Shutdown,
    ) -> Result<End, Failure> {
        self(state).await.into_end()
    }
}

impl<S: 'static, F, R> AsyncRun<S, shape::ValueMut> for F
where
    F: AsyncFnOnce(&mut S) -> R,
    R: Ended,
{
    type Access = Exclusive;

    async fn call(
        self,
        state: <Exclusive as Access<S>>::Ref<'_>,
        _: &Shutdown,
    ) -> Result<End, Failure> {
        self(state).await.into_end()
    }
}

impl<S: 'static, F, R> AsyncRun<S, shape::Handle> for F
where
    F: AsyncFnOnce(&Shutdown) -> R,
    R: Ended,
{
    type Access = Shared;

    async fn call(
        self,
        _: <Shared as Access<S>>::Ref<'_>,
        shutdown: &Shutdown,
    ) -> Result<End, Failure> {
        self(shutdown).await.into_end()
    }
}

impl<S: 'static, F, R> AsyncRun<S, shape::ValueHandle> for F
where
    F: AsyncFnOnce(&S, &Shutdown) -> R,
    R: Ended,
{
    type Access = Shared;

    async fn call(
        self,
        state: <Shared as Access<S>>::Ref<'_>,
        shutdown: &Shutdown,
    ) -> Result<End, Failure> {
        self(state, shutdown).await.into_end()
    }
}

impl<S: 'static, F, R> AsyncRun<S, shape::ValueMutHandle> for F
where
    F: AsyncFnOnce(&mut S, &Shutdown) -> R,
    R: Ended,
{
    type Access = Exclusive;

    async fn call(
        self,
        state: <Exclusive as Access<S>>::Ref<'_>,
        shutdown: &Shutdown,
    ) -> Result<End, Failure> {
        self(state, shutdown).await.into_end()
    }
}
