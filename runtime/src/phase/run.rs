//! `run`: the work, with the state by reference.

use super::function::{Callable, Function};
use super::kind::{Called, Elsewhere, Here};
use super::list::List;
use super::output::{Ended, PhaseOutput};
use super::param::{Find, Given, Leaves, Shareable, Whole};
use super::work::{Work, now};
use super::{Absent, NoPhase};

/// A function that can be a `run`, whose own value is the state, a `T`. `Place` is where it runs, and how it is called.
#[diagnostic::on_unimplemented(
    message = "this cannot be the `run` of an app or a component whose state is `{T}`",
    label = "not a `run`",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns `()`, `ExitCode`, or a `Result` of these with an error that is `Debug + 'static`"
)]
pub trait Run<L: List, T, With, Place, X>: Send + 'static {
    /// What it leaves of the state.
    type Left: Leaves + 'static;

    #[doc(hidden)]
    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        name: Option<&'static str>,
        given: &mut Given<'s, L, T>,
    );
}

impl<F, L, T, With, Shape, Ways, Mode> Run<L, T, With, Here<Mode>, (Shape, Ways)> for F
where
    L: List,
    F: Function<Shape, Params: Find<L, T, (Whole, With), Ways, Left: Leaves + 'static>>,
    F: Function<Shape, Output: Ended<Mode>> + Send + 'static,
    Shape: Callable<F, F::Params, Ways, Mode, Made = <F::Output as Ended<Mode>>::Ready> + 'static,
    Ways: 'static,
    Mode: 'static,
{
    type Left = <F::Params as Find<L, T, (Whole, With), Ways>>::Left;

    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        name: Option<&'static str>,
        given: &mut Given<'s, L, T>,
    ) {
        let items = F::Params::find(given);
        let run = Box::pin(async move { Shape::call(self, items).await.into_end() });
        match name {
            Some(name) => work.tasks.push((name, run)),
            None => work.alone = Some(run),
        }
    }
}

impl<F, L, T, With, Shape, Ways> Run<L, T, With, Elsewhere, (Shape, Ways)> for F
where
    L: List,
    F: Function<Shape, Params: Find<L, T, (Whole, With), Ways, Left: Leaves + 'static>>,
    F: Function<Shape, Params: Shareable<Ways>, Output: Ended<Called>> + Send + 'static,
    Shape:
        Callable<F, F::Params, Ways, Called, Made = <F::Output as Ended<Called>>::Ready> + 'static,
    Ways: 'static,
{
    type Left = <F::Params as Find<L, T, (Whole, With), Ways>>::Left;

    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        name: Option<&'static str>,
        given: &mut Given<'s, L, T>,
    ) {
        let items = F::Params::find(given);
        let run = Box::new(move || now(Shape::call(self, items)).into_end());
        work.threads.push((name.unwrap_or("run"), run));
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T, With: 'static, Place> Run<L, T, With, Place, NoPhase> for Absent {
    type Left = (Whole, With);

    fn add_to<'s>(self, _: &mut Work<'s>, _: Option<&'static str>, _: &mut Given<'s, L, T>) {}
}
