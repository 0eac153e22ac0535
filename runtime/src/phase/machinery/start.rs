//! `start`: what makes the state.

use super::function::{Callable, Function};
use super::kind::Of;
use super::list::List;
use super::output::{StartOutput, Started};
use super::param::{Find, Given, NoBody, Taken, Undo, Ways, Whole};
use crate::error::Failure;
use crate::phase::{Absent, Boxed, NoPhase};

/// A function that can be a `start`, and makes an `S`. Its own value is that of `main`'s body, a `C`, where it may have that: `Own` says so.
/// `Left` is what it leaves of that.
#[diagnostic::on_unimplemented(
    message = "this cannot be a `start`",
    label = "not a `start`",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns nothing, or `Result<State, E>` where `E: Debug + 'static`"
)]
pub trait Start<L: List, C, Own, S, Left, X>: Send + 'static {
    #[doc(hidden)]
    fn start(self, given: Given<'_, L, C>) -> Boxed<'_, Result<S, Failure>>;
}

impl<F, L, C, Own, S, Left, P, R, W, Mode> Start<L, C, Own, S, Left, (P, R, W, Mode)> for F
where
    L: List,
    F: Function<P, R> + Send + 'static,
    R: Started<Mode, Ready: StartOutput<State = S>>,
    Mode: Of<L::Kind>,
    P: 'static + Find<L, C, (Own, Undo), W> + Callable<F, W, Mode, R::Ready>,
    W: Ways<(Own, Undo), Left = Left>,
{
    fn start(self, mut given: Given<'_, L, C>) -> Boxed<'_, Result<S, Failure>> {
        let items = P::find(&mut given);
        Box::pin(async move { P::call(self, items).await.into_state() })
    }
}

/// Without `start` the state is the value of `main`'s body.
#[diagnostic::do_not_recommend]
impl<L: List, C: 'static> Start<L, C, Whole, C, (Taken, Undo), NoPhase> for Absent {
    fn start(self, given: Given<'_, L, C>) -> Boxed<'_, Result<C, Failure>> {
        Box::pin(async { Ok(given.taken()) })
    }
}

/// Without a body that value is a `()`.
#[diagnostic::do_not_recommend]
impl<L: List> Start<L, (), NoBody, (), (Taken, Undo), NoPhase> for Absent {
    fn start(self, _: Given<'_, L, ()>) -> Boxed<'_, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }
}

/// A component without `start` has no state.
#[diagnostic::do_not_recommend]
impl<L: List, C> Start<L, C, Taken, (), (Taken, Undo), NoPhase> for Absent {
    fn start(self, _: Given<'_, L, C>) -> Boxed<'_, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }
}
