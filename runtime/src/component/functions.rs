//! The functions of a component in an app of threads.

use super::arity::{for_each_arity, list};
use super::needs::Needs;
use super::shape::{AndCleanup, NoFunction, Taking};
use crate::cleanup::Cleanup;
use crate::exit::End;
use crate::failure::Failure;
use crate::phase::{Absent, Ended, Started};

/// A function that can start a component: it takes references to what it needs, and `&mut Cleanup` last; it
/// returns nothing or a `Result`.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `start` of a component",
    label = "not a `start`",
    note = "`start` takes, each by reference and found by its type: what the components before it have made, the value of `main`'s body, `Shutdown`; up to eight; and `&mut Cleanup`, last",
    note = "it returns nothing, or `Result<State, E>` where `E: Debug + 'static`",
    note = "an `async fn` is for an `async fn main`"
)]
pub trait Starts<Shape>: Send + 'static {
    /// What it asks for.
    type Needs: Needs;
    /// What it makes.
    type State: 'static;

    #[doc(hidden)]
    fn call(
        self,
        needs: <Self::Needs as Needs>::Refs<'_>,
        cleanup: &mut Cleanup,
    ) -> Result<Self::State, Failure>;
}

/// A function that can be the `run` of a component: it takes references to what it needs, its own state among it.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `run` of a component",
    label = "not a `run`",
    note = "`run` takes, each by reference and found by its type: its own state, what the components before it have made, the value of `main`'s body, `Shutdown`; up to eight",
    note = "nothing is taken by `&mut`, since others may be looking at it: put what changes behind a `Mutex`",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`",
    note = "an `async fn` is for an `async fn main`"
)]
pub trait Runs<Shape>: Send + 'static {
    /// What it asks for.
    type Needs: Needs;

    #[doc(hidden)]
    const IS_THERE: bool = true;

    #[doc(hidden)]
    fn call(self, needs: <Self::Needs as Needs>::Refs<'_>) -> Result<End, Failure>;
}

/// A function that can stop a component whose state is `S`: it takes that by value, first, and references to what it
/// needs.
///
/// A state that it does not take is dropped after it.
#[diagnostic::on_unimplemented(
    message = "this function cannot be the `stop` of a component whose state is `{S}`",
    label = "not a `stop`",
    note = "`stop` takes the component's own state, `{S}`, by value and first; and then, each by reference and found by its type: what the components before it have made, the value of `main`'s body, `Shutdown`; up to eight",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`",
    note = "an `async fn` is for an `async fn main`"
)]
pub trait Stops<S, Shape>: Send + 'static {
    /// What it asks for.
    type Needs: Needs;

    #[doc(hidden)]
    fn call(self, state: S, needs: <Self::Needs as Needs>::Refs<'_>) -> Result<End, Failure>;
}

#[diagnostic::do_not_recommend]
impl Starts<NoFunction> for Absent {
    type Needs = ();
    type State = ();

    fn call(self, (): (), _: &mut Cleanup) -> Result<(), Failure> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl Runs<NoFunction> for Absent {
    type Needs = ();

    const IS_THERE: bool = false;

    fn call(self, (): ()) -> Result<End, Failure> {
        Ok(End::Done)
    }
}

#[diagnostic::do_not_recommend]
impl<S> Stops<S, NoFunction> for Absent {
    type Needs = ();

    fn call(self, state: S, (): ()) -> Result<End, Failure> {
        drop(state);
        Ok(End::Done)
    }
}

macro_rules! functions {
    ($($A:ident)*) => {
        impl<Function, R, $($A: 'static),*> Starts<list!($($A)*)> for Function
        where
            Function: FnOnce($(&$A),*) -> R + Send + 'static,
            R: Started,
        {
            type Needs = list!($($A)*);
            type State = R::State;

            #[allow(non_snake_case, reason = "a value and its type")]
            fn call(
                self,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
                _: &mut Cleanup,
            ) -> Result<R::State, Failure> {
                self($($A),*).into_state()
            }
        }

        impl<Function, R, $($A: 'static),*> Starts<AndCleanup<list!($($A)*)>> for Function
        where
            Function: FnOnce($(&$A,)* &mut Cleanup) -> R + Send + 'static,
            R: Started,
        {
            type Needs = list!($($A)*);
            type State = R::State;

            #[allow(non_snake_case, reason = "a value and its type")]
            fn call(
                self,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
                cleanup: &mut Cleanup,
            ) -> Result<R::State, Failure> {
                self($($A,)* cleanup).into_state()
            }
        }

        impl<Function, R, $($A: 'static),*> Runs<list!($($A)*)> for Function
        where
            Function: FnOnce($(&$A),*) -> R + Send + 'static,
            R: Ended,
        {
            type Needs = list!($($A)*);

            #[allow(non_snake_case, reason = "a value and its type")]
            fn call(
                self,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
            ) -> Result<End, Failure> {
                self($($A),*).into_end()
            }
        }

        impl<Function, R, S, $($A: 'static),*> Stops<S, list!($($A)*)> for Function
        where
            Function: FnOnce($(&$A),*) -> R + Send + 'static,
            R: Ended,
        {
            type Needs = list!($($A)*);

            #[allow(non_snake_case, reason = "a value and its type")]
            fn call(
                self,
                state: S,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
            ) -> Result<End, Failure> {
                let _after = state;
                self($($A),*).into_end()
            }
        }

        impl<Function, R, S, $($A: 'static),*> Stops<S, Taking<list!($($A)*)>> for Function
        where
            Function: FnOnce(S, $(&$A),*) -> R + Send + 'static,
            R: Ended,
        {
            type Needs = list!($($A)*);

            #[allow(non_snake_case, reason = "a value and its type")]
            fn call(
                self,
                state: S,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
            ) -> Result<End, Failure> {
                self(state, $($A),*).into_end()
            }
        }
    };
}
for_each_arity!(functions);
