//! `stop`: the end of the state.

use super::{Absent, End, Ended, Failure, Shutdown, shape};

/// An `async fn` that can be the `stop` phase of an async app whose state is `S`: it takes, in this order
/// and each optional, `S` and `&Shutdown`.
///
/// A state that it does not take is dropped after it, inside the shield.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `stop` phase of an async app whose state is `{S}`",
    label = "not an async `stop` phase",
    note = "with `async fn main` every phase is an `async fn`",
    note = "`stop` takes, in this order and each optional: `{S}`, by value, and `&Shutdown`; without `start` the state is the value of `main`'s body",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`"
)]
#[allow(
    async_fn_in_trait,
    reason = "phases run on one thread and need not be `Send`"
)]
pub trait AsyncStop<S: 'static, Shape> {
    #[doc(hidden)]
    async fn call(self, state: S, shutdown: &Shutdown) -> Result<End, Failure>;
}

// Not a shape to propose in an error: nobody passes `Absent` by hand who wrote a function.
#[diagnostic::do_not_recommend]
impl<S: 'static> AsyncStop<S, shape::NoPhase> for Absent {
    async fn call(self, state: S, _: &Shutdown) -> Result<End, Failure> {
        drop(state);
        Ok(End::Done)
    }
}

impl<S: 'static, F, R> AsyncStop<S, shape::Nothing> for F
where
    F: AsyncFnOnce() -> R,
    R: Ended,
{
    async fn call(self, state: S, _: &Shutdown) -> Result<End, Failure> {
        let _after = state;
        self().await.into_end()
    }
}

impl<S: 'static, F, R> AsyncStop<S, shape::Value> for F
where
    F: AsyncFnOnce(S) -> R,
    R: Ended,
{
    async fn call(self, state: S, _: &Shutdown) -> Result<End, Failure> {
        self(state).await.into_end()
    }
}

impl<S: 'static, F, R> AsyncStop<S, shape::Handle> for F
where
    F: AsyncFnOnce(&Shutdown) -> R,
    R: Ended,
{
    async fn call(self, state: S, shutdown: &Shutdown) -> Result<End, Failure> {
        let _after = state;
        self(shutdown).await.into_end()
    }
}

impl<S: 'static, F, R> AsyncStop<S, shape::ValueHandle> for F
where
    F: AsyncFnOnce(S, &Shutdown) -> R,
    R: Ended,
{
    async fn call(self, state: S, shutdown: &Shutdown) -> Result<End, Failure> {
        self(state, shutdown).await.into_end()
    }
}
