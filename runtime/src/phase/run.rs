//! `run`: the work, with the state by reference.

use super::{Absent, End, Ended, Failure, Shutdown, shape};

/// A function that can be the `run` phase of an app whose state is `S`: it takes, in this order
/// and each optional, `&S` or `&mut S`, and `&Shutdown`.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `run` phase of an app whose state is `{S}`",
    label = "not a `run` phase",
    note = "`run` takes, in this order and each optional: `&{S}` or `&mut {S}`, and `&Shutdown`; without `start` the state is the value of `main`'s body",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`",
    note = "an `async fn` is a phase of an `async fn main`"
)]
pub trait Run<S: 'static, Shape> {
    /// How it borrows the state.
    type Access: Access<S>;

    #[doc(hidden)]
    fn call(
        self,
        state: <Self::Access as Access<S>>::Ref<'_>,
        shutdown: &Shutdown,
    ) -> Result<End, Failure>;
}

/// How `run` borrows the state, and so whether callbacks may see it at the same time:
/// [`Shared`] or [`Exclusive`].
pub trait Access<S: 'static>: 'static {
    /// What `run` gets.
    type Ref<'s>;
    /// What callbacks get.
    type View<'s>: Copy;

    #[doc(hidden)]
    fn split(state: &mut S) -> (Self::Ref<'_>, Self::View<'_>);
}

/// `run` takes `&State`, or no state at all; callbacks may take `&State` too.
#[derive(Debug)]
pub enum Shared {}

/// `run` takes `&mut State`; callbacks cannot see it.
#[derive(Debug)]
pub enum Exclusive {}

impl<S: 'static> Access<S> for Shared {
    type Ref<'s> = &'s S;
    type View<'s> = &'s S;

    fn split(state: &mut S) -> (&S, &S) {
        (state, state)
    }
}

impl<S: 'static> Access<S> for Exclusive {
    type Ref<'s> = &'s mut S;
    type View<'s> = ();

    fn split(state: &mut S) -> (&mut S, ()) {
        (state, ())
    }
}

// Not a shape to propose in an error: nobody passes `Absent` by hand who wrote a function.
#[diagnostic::do_not_recommend]
impl<S: 'static> Run<S, shape::NoPhase> for Absent {
    type Access = Shared;

    fn call(self, _: &S, shutdown: &Shutdown) -> Result<End, Failure> {
        shutdown.wait();
        Ok(End::Done)
    }
}

impl<S: 'static, F, R> Run<S, shape::Nothing> for F
where
    F: FnOnce() -> R,
    R: Ended,
{
    type Access = Shared;

    fn call(self, _: &S, _: &Shutdown) -> Result<End, Failure> {
        self().into_end()
    }
}

impl<S: 'static, F, R> Run<S, shape::Value> for F
where
    F: FnOnce(&S) -> R,
    R: Ended,
{
    type Access = Shared;

    fn call(self, state: &S, _: &Shutdown) -> Result<End, Failure> {
        self(state).into_end()
    }
}

impl<S: 'static, F, R> Run<S, shape::ValueMut> for F
where
    F: FnOnce(&mut S) -> R,
    R: Ended,
{
    type Access = Exclusive;

    fn call(self, state: &mut S, _: &Shutdown) -> Result<End, Failure> {
        self(state).into_end()
    }
}

impl<S: 'static, F, R> Run<S, shape::Handle> for F
where
    F: FnOnce(&Shutdown) -> R,
    R: Ended,
{
    type Access = Shared;

    fn call(self, _: &S, shutdown: &Shutdown) -> Result<End, Failure> {
        self(shutdown).into_end()
    }
}

impl<S: 'static, F, R> Run<S, shape::ValueHandle> for F
where
    F: FnOnce(&S, &Shutdown) -> R,
    R: Ended,
{
    type Access = Shared;

    fn call(self, state: &S, shutdown: &Shutdown) -> Result<End, Failure> {
        self(state, shutdown).into_end()
    }
}

impl<S: 'static, F, R> Run<S, shape::ValueMutHandle> for F
where
    F: FnOnce(&mut S, &Shutdown) -> R,
    R: Ended,
{
    type Access = Exclusive;

    fn call(self, state: &mut S, shutdown: &Shutdown) -> Result<End, Failure> {
        self(state, shutdown).into_end()
    }
}
