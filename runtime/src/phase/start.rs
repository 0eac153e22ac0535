//! `start`: from a configuration to a state.

use super::{Absent, Cleanup, Debug, Failure, Shutdown, shape};

/// A function that can be the `start` phase: it takes, in this order and each optional, the
/// value of `main`'s body, `&Shutdown`, and `&mut Cleanup`; it returns nothing or a `Result`.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `start` phase",
    label = "not a `start` phase",
    note = "`start` takes, in this order and each optional: the value of `main`'s body (`{C}` here), `&Shutdown`, `&mut Cleanup`",
    note = "it returns nothing, or `Result<State, E>` where `E: Debug + 'static`",
    note = "an `async fn` is a phase of an `async fn main`"
)]
pub trait Start<C, Shape> {
    /// What it makes.
    type State: 'static;

    #[doc(hidden)]
    fn call(
        self,
        config: C,
        shutdown: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<Self::State, Failure>;
}

/// What `start` may return: nothing, or `Result<State, E>`.
#[diagnostic::on_unimplemented(
    message = "`start` cannot return `{Self}`",
    label = "returned by `start`",
    note = "it returns nothing, or `Result<State, E>` where `E: Debug + 'static`"
)]
pub trait Started {
    /// The state.
    type State: 'static;

    #[doc(hidden)]
    fn into_state(self) -> Result<Self::State, Failure>;
}

impl Started for () {
    type State = ();

    fn into_state(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<S: 'static, E: Debug + 'static> Started for Result<S, E> {
    type State = S;

    fn into_state(self) -> Result<S, Failure> {
        self.map_err(Failure::new)
    }
}

// Not a shape to propose in an error: nobody passes `Absent` by hand who wrote a function.
#[diagnostic::do_not_recommend]
impl<C: 'static> Start<C, shape::NoPhase> for Absent {
    type State = C;

    fn call(self, config: C, _: &Shutdown, _: &mut Cleanup) -> Result<C, Failure> {
        Ok(config)
    }
}

impl<C, F, R> Start<C, shape::Nothing> for F
where
    F: FnOnce() -> R,
    R: Started,
{
    type State = R::State;

    fn call(self, _: C, _: &Shutdown, _: &mut Cleanup) -> Result<R::State, Failure> {
        self().into_state()
    }
}

impl<C, F, R> Start<C, shape::Value> for F
where
    F: FnOnce(C) -> R,
    R: Started,
{
    type State = R::State;

    fn call(self, config: C, _: &Shutdown, _: &mut Cleanup) -> Result<R::State, Failure> {
        self(config).into_state()
    }
}

impl<C, F, R> Start<C, shape::Handle> for F
where
    F: FnOnce(&Shutdown) -> R,
    R: Started,
{
    type State = R::State;

    fn call(self, _: C, shutdown: &Shutdown, _: &mut Cleanup) -> Result<R::State, Failure> {
        self(shutdown).into_state()
    }
}

impl<C, F, R> Start<C, shape::ValueHandle> for F
where
    F: FnOnce(C, &Shutdown) -> R,
    R: Started,
{
    type State = R::State;

    fn call(self, config: C, shutdown: &Shutdown, _: &mut Cleanup) -> Result<R::State, Failure> {
        self(config, shutdown).into_state()
    }
}

impl<C, F, R> Start<C, shape::AndCleanup<shape::Nothing>> for F
where
    F: FnOnce(&mut Cleanup) -> R,
    R: Started,
{
    type State = R::State;

    fn call(self, _: C, _: &Shutdown, cleanup: &mut Cleanup) -> Result<R::State, Failure> {
        self(cleanup).into_state()
    }
}

impl<C, F, R> Start<C, shape::AndCleanup<shape::Value>> for F
where
    F: FnOnce(C, &mut Cleanup) -> R,
    R: Started,
{
    type State = R::State;

    fn call(self, config: C, _: &Shutdown, cleanup: &mut Cleanup) -> Result<R::State, Failure> {
        self(config, cleanup).into_state()
    }
}

impl<C, F, R> Start<C, shape::AndCleanup<shape::Handle>> for F
where
    F: FnOnce(&Shutdown, &mut Cleanup) -> R,
    R: Started,
{
    type State = R::State;

    fn call(self, _: C, shutdown: &Shutdown, cleanup: &mut Cleanup) -> Result<R::State, Failure> {
        self(shutdown, cleanup).into_state()
    }
}

impl<C, F, R> Start<C, shape::AndCleanup<shape::ValueHandle>> for F
where
    F: FnOnce(C, &Shutdown, &mut Cleanup) -> R,
    R: Started,
{
    type State = R::State;

    fn call(
        self,
        config: C,
        shutdown: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<R::State, Failure> {
        self(config, shutdown, cleanup).into_state()
    }
}
