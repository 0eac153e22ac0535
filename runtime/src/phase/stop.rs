//! `stop`: the end of the state.

use super::{Absent, End, Ended, Failure, Shutdown, shape};

/// A function that can be the `stop` phase of an app whose state is `S`: it takes, in this
/// order and each optional, `S` and `&Shutdown`.
///
/// A state that it does not take is dropped after it, inside the shield.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `stop` phase of an app whose state is `{S}`",
    label = "not a `stop` phase",
    note = "`stop` takes, in this order and each optional: `{S}`, by value, and `&Shutdown`; without `start` the state is the value of `main`'s body",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`",
    note = "an `async fn` is a phase of an `async fn main`"
)]
pub trait Stop<S: 'static, Shape> {
    #[doc(hidden)]
    fn call(self, state: S, shutdown: &Shutdown) -> Result<End, Failure>;
}

// Not a shape to propose in an error: nobody passes `Absent` by hand who wrote a function.
#[diagnostic::do_not_recommend]
impl<S: 'static> Stop<S, shape::NoPhase> for Absent {
    fn call(self, state: S, _: &Shutdown) -> Result<End, Failure> {
        drop(state);
        Ok(End::Done)
    }
}

impl<S: 'static, F, R> Stop<S, shape::Nothing> for F
where
    F: FnOnce() -> R,
    R: Ended,
{
    fn call(self, state: S, _: &Shutdown) -> Result<End, Failure> {
        let _after = state;
        self().into_end()
    }
}

impl<S: 'static, F, R> Stop<S, shape::Value> for F
where
    F: FnOnce(S) -> R,
    R: Ended,
{
    fn call(self, state: S, _: &Shutdown) -> Result<End, Failure> {
        self(state).into_end()
    }
}

impl<S: 'static, F, R> Stop<S, shape::Handle> for F
where
    F: FnOnce(&Shutdown) -> R,
    R: Ended,
{
    fn call(self, state: S, shutdown: &Shutdown) -> Result<End, Failure> {
        let _after = state;
        self(shutdown).into_end()
    }
}

impl<S: 'static, F, R> Stop<S, shape::ValueHandle> for F
where
    F: FnOnce(S, &Shutdown) -> R,
    R: Ended,
{
    fn call(self, state: S, shutdown: &Shutdown) -> Result<End, Failure> {
        self(state, shutdown).into_end()
    }
}
