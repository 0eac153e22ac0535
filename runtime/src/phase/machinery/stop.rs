//! `stop`: the end of the state.

use super::function::{Callable, Function};
use super::kind::Of;
use super::list::List;
use super::output::{Ended, PhaseOutput};
use super::param::{Find, Given};
use crate::error::Failure;
use crate::phase::{Absent, Boxed, NoPhase};
use crate::status::End;

/// A function that can be a `stop`, whose own value is the state, a `T`, unless `run` has taken it: `Own` says so.
///
/// A state that it does not take is dropped after it, inside the shield.
#[diagnostic::on_unimplemented(
    message = "this cannot be the `stop` of an app or a component whose state is `{T}`",
    label = "not a `stop`",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`"
)]
pub trait Stop<L: List, T, Own, X>: Send + 'static {
    #[doc(hidden)]
    fn stop(self, given: Given<'_, L, T>) -> Boxed<'_, Result<End, Failure>>;
}

impl<F, L, T, Own, P, R, W, Mode> Stop<L, T, Own, (P, R, W, Mode)> for F
where
    L: List,
    F: Function<P, R> + Send + 'static,
    R: Ended<Mode>,
    Mode: Of<L::Kind>,
    P: 'static + Find<L, T, (Own, ()), W> + Callable<F, W, Mode, R::Ready>,
    W: 'static,
{
    fn stop(self, mut given: Given<'_, L, T>) -> Boxed<'_, Result<End, Failure>> {
        let items = P::find(&mut given);
        Box::pin(async move { P::call(self, items).await.into_end() })
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T, Own> Stop<L, T, Own, NoPhase> for Absent {
    fn stop(self, _: Given<'_, L, T>) -> Boxed<'_, Result<End, Failure>> {
        Box::pin(async { Ok(End::Done) })
    }
}
