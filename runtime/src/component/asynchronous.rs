//! The functions of a component in an async app.

use super::arity::{for_each_arity, list};
use super::needs::Needs;
use super::shape::{AndCleanup, NoFunction, Taking};
use crate::cleanup::Cleanup;
use crate::exit::End;
use crate::failure::Failure;
use crate::phase::{Absent, Ended, Started};

/// An `async fn` that can start a component: it takes references to what it needs, and `&mut Cleanup` last; it
/// returns nothing or a `Result`.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `start` of a component of an async app",
    label = "not an async `start`",
    note = "with `async fn main` every function of a component is an `async fn`; what blocks belongs in `tokio::task::spawn_blocking`",
    note = "`start` takes, each by reference and found by its type: what the components before it have made, the value of `main`'s body, `Shutdown`; up to eight; and `&mut Cleanup`, last",
    note = "it returns nothing, or `Result<State, E>` where `E: Debug + 'static`"
)]
#[allow(
    async_fn_in_trait,
    reason = "components run on one thread and need not be `Send`"
)]
pub trait AsyncStarts<Shape>: Send + 'static {
    /// What it asks for.
    type Needs: Needs;
    /// What it makes.
    type State: 'static;

    #[doc(hidden)]
    async fn call(
        self,
        needs: <Self::Needs as Needs>::Refs<'_>,
        cleanup: &mut Cleanup,
    ) -> Result<Self::State, Failure>;
}

/// An `async fn` that can be the `run` of a component: it takes references to what it needs, its own state among it.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `run` of a component of an async app",
    label = "not an async `run`",
    note = "with `async fn main` every function of a component is an `async fn`",
    note = "`run` takes, each by reference and found by its type: its own state, what the components before it have made, the value of `main`'s body, `Shutdown`; up to eight",
    note = "nothing is taken by `&mut`, since others may be looking at it: put what changes behind a `Mutex` or a `RefCell`",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`"
)]
#[allow(
    async_fn_in_trait,
    reason = "components run on one thread and need not be `Send`"
)]
pub trait AsyncRuns<Shape>: Send + 'static {
    /// What it asks for.
    type Needs: Needs;

    #[doc(hidden)]
    const IS_THERE: bool = true;

    #[doc(hidden)]
    async fn call(self, needs: <Self::Needs as Needs>::Refs<'_>) -> Result<End, Failure>;
}

/// An `async fn` that can stop a component whose state is `S`: it takes that by value, first, and references to what
/// it needs.
///
/// A state that it does not take is dropped after it.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `stop` of a component of an async app whose state is `{S}`",
    label = "not an async `stop`",
    note = "with `async fn main` every function of a component is an `async fn`",
    note = "`stop` takes the component's own state, `{S}`, by value and first; and then, each by reference and found by its type: what the components before it have made, the value of `main`'s body, `Shutdown`; up to eight",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`"
)]
#[allow(
    async_fn_in_trait,
    reason = "components run on one thread and need not be `Send`"
)]
pub trait AsyncStops<S, Shape>: Send + 'static {
    /// What it asks for.
    type Needs: Needs;

    #[doc(hidden)]
    async fn call(self, state: S, needs: <Self::Needs as Needs>::Refs<'_>) -> Result<End, Failure>;
}

#[diagnostic::do_not_recommend]
impl AsyncStarts<NoFunction> for Absent {
    type Needs = ();
    type State = ();

    async fn call(self, (): <() as Needs>::Refs<'_>, _: &mut Cleanup) -> Result<(), Failure> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl AsyncRuns<NoFunction> for Absent {
    type Needs = ();

    const IS_THERE: bool = false;

    async fn call(self, (): <() as Needs>::Refs<'_>) -> Result<End, Failure> {
        Ok(End::Done)
    }
}

#[diagnostic::do_not_recommend]
impl<S> AsyncStops<S, NoFunction> for Absent {
    type Needs = ();

    async fn call(self, state: S, (): <() as Needs>::Refs<'_>) -> Result<End, Failure> {
        drop(state);
        Ok(End::Done)
    }
}

macro_rules! functions {
    ($($A:ident)*) => {
        impl<Function, R, $($A: 'static),*> AsyncStarts<list!($($A)*)> for Function
        where
            Function: AsyncFnOnce($(&$A),*) -> R + Send + 'static,
            R: Started,
        {
            type Needs = list!($($A)*);
            type State = R::State;

            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                self,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
                _: &mut Cleanup,
            ) -> Result<R::State, Failure> {
                self($($A),*).await.into_state()
            }
        }

        impl<Function, R, $($A: 'static),*> AsyncStarts<AndCleanup<list!($($A)*)>> for Function
        where
            Function: AsyncFnOnce($(&$A,)* &mut Cleanup) -> R + Send + 'static,
            R: Started,
        {
            type Needs = list!($($A)*);
            type State = R::State;

            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                self,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
                cleanup: &mut Cleanup,
            ) -> Result<R::State, Failure> {
                self($($A,)* cleanup).await.into_state()
            }
        }

        impl<Function, R, $($A: 'static),*> AsyncRuns<list!($($A)*)> for Function
        where
            Function: AsyncFnOnce($(&$A),*) -> R + Send + 'static,
            R: Ended,
        {
            type Needs = list!($($A)*);

            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                self,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
            ) -> Result<End, Failure> {
                self($($A),*).await.into_end()
            }
        }

        impl<Function, R, S, $($A: 'static),*> AsyncStops<S, list!($($A)*)> for Function
        where
            Function: AsyncFnOnce($(&$A),*) -> R + Send + 'static,
            R: Ended,
        {
            type Needs = list!($($A)*);

            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                self,
                state: S,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
            ) -> Result<End, Failure> {
                let _after = state;
                self($($A),*).await.into_end()
            }
        }

        impl<Function, R, S, $($A: 'static),*> AsyncStops<S, Taking<list!($($A)*)>> for Function
        where
            Function: AsyncFnOnce(S, $(&$A),*) -> R + Send + 'static,
            R: Ended,
        {
            type Needs = list!($($A)*);

            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                self,
                state: S,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
            ) -> Result<End, Failure> {
                self(state, $($A),*).await.into_end()
            }
        }
    };
}
for_each_arity!(functions);
