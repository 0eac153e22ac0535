//! `start`: what makes the state.

use super::function::{Callable, Function};
use super::kind::Of;
use super::list::List;
use super::output::{StartOutput, Started};
use super::param::{Find, Given, Taken, Undo, Whole};
use super::{Absent, Boxed, NoPhase};
use crate::failure::Failure;

/// A function that can be a `start`. Its own value is that of `main`'s body, a `C`, where it may have that: `Own` says so.
#[diagnostic::on_unimplemented(
    message = "this cannot be a `start`",
    label = "not a `start`",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns nothing, or `Result<State, E>` where `E: Debug + 'static`"
)]
pub trait Start<L: List, C, Own, X>: Send + 'static {
    /// What it makes.
    type State: 'static;
    /// What it leaves of the value of `main`'s body.
    type Left: 'static;

    #[doc(hidden)]
    fn start(self, given: Given<'_, L, C>) -> Boxed<'_, Result<Self::State, Failure>>;
}

impl<F, L, C, Own, Shape, Ways, Mode> Start<L, C, Own, (Shape, Ways, Mode)> for F
where
    L: List,
    F: Function<Shape, Params: Find<L, C, (Own, Undo), Ways, Left: 'static>>,
    F: Function<Shape, Output: Started<Mode>> + Send + 'static,
    Shape: Callable<F, F::Params, Ways, Mode, Made = <F::Output as Started<Mode>>::Ready> + 'static,
    Ways: 'static,
    Mode: Of<L::Kind> + 'static,
{
    type State = <<F::Output as Started<Mode>>::Ready as StartOutput>::State;
    type Left = <F::Params as Find<L, C, (Own, Undo), Ways>>::Left;

    fn start(self, mut given: Given<'_, L, C>) -> Boxed<'_, Result<Self::State, Failure>> {
        let items = F::Params::find(&mut given);
        Box::pin(async move { Shape::call(self, items).await.into_state() })
    }
}

/// Without `start` the state is the value of `main`'s body.
#[diagnostic::do_not_recommend]
impl<L: List, C: 'static> Start<L, C, Whole, NoPhase> for Absent {
    type State = C;
    type Left = (Taken, Undo);

    fn start(self, given: Given<'_, L, C>) -> Boxed<'_, Result<C, Failure>> {
        Box::pin(async { Ok(given.taken()) })
    }
}

/// A component without `start` has no state.
#[diagnostic::do_not_recommend]
impl<L: List, C> Start<L, C, Taken, NoPhase> for Absent {
    type State = ();
    type Left = (Taken, Undo);

    fn start(self, _: Given<'_, L, C>) -> Boxed<'_, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }
}
