//! `run`: the work, with the state by reference.

use super::function::{Callable, Function};
use super::kind::{Called, Elsewhere, Here};
use super::list::List;
use super::output::{Ended, PhaseOutput};
use super::param::{Find, Given, Shareable, Ways, Whole};
use crate::phase::work::{Work, now};
use crate::phase::{Absent, NoPhase};

/// A function that can be a `run`, whose own value is the state, a `T`. `Place` is where it runs, and how it is called; `Left` is what
/// it leaves of the state.
#[diagnostic::on_unimplemented(
    message = "this cannot be the `run` of an app or a component whose state is `{T}`",
    label = "not a `run`",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`"
)]
pub trait Run<L: List, T, With, Place, Left, X>: Send + 'static {
    #[doc(hidden)]
    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        name: Option<&'static str>,
        given: &mut Given<'s, L, T>,
    );
}

impl<F, L, T, With, Left, P, R, W, Mode> Run<L, T, With, Here<Mode>, Left, (P, R, W)> for F
where
    L: List,
    F: Function<P, R> + Send + 'static,
    R: Ended<Mode>,
    P: 'static + Find<L, T, (Whole, With), W> + Callable<F, W, Mode, R::Ready>,
    W: Ways<(Whole, With), Left = Left>,
{
    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        name: Option<&'static str>,
        given: &mut Given<'s, L, T>,
    ) {
        let items = P::find(given);
        let run = Box::pin(async move { P::call(self, items).await.into_end() });
        match name {
            Some(name) => work.tasks.push((name, run)),
            None => work.alone = Some(run),
        }
    }
}

impl<F, L, T, With, Left, P, R, W> Run<L, T, With, Elsewhere, Left, (P, R, W)> for F
where
    L: List,
    F: Function<P, R> + Send + 'static,
    R: Ended<Called>,
    P: 'static + Find<L, T, (Whole, With), W> + Callable<F, W, Called, R::Ready> + Shareable<W>,
    W: Ways<(Whole, With), Left = Left>,
{
    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        name: Option<&'static str>,
        given: &mut Given<'s, L, T>,
    ) {
        let items = P::find(given);
        let run = Box::new(move || now(P::call(self, items)).into_end());
        work.threads.push((name.unwrap_or("run"), run));
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T, With, Place> Run<L, T, With, Place, (Whole, With), NoPhase> for Absent {
    fn add_to<'s>(self, _: &mut Work<'s>, _: Option<&'static str>, _: &mut Given<'s, L, T>) {}
}
