//! Functions that a signal calls while `run` runs.

use super::function::{Callable, Function};
use super::kind::{Awaited, Called, Elsewhere, Here};
use super::list::List;
use super::output::Reacted;
use super::param::{Asks, Find, Given, Nothing, Shareable, Taken};
use super::work::{Work, now};
use crate::failure::CallbackOutput;

/// A function that a signal may call. No value is its own: it sees what is in the list. `Place` is where it is called, and how.
#[diagnostic::on_unimplemented(
    message = "this cannot be called by a signal",
    label = "not a signal's function",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns `()`, or `Result<(), E>` where `E: Debug + 'static`"
)]
pub trait OnSignal<L: List, Place, X>: Send + 'static {
    #[doc(hidden)]
    fn add_to<'s>(function: &'s mut Option<Self>, work: &mut Work<'s>, view: L::View<'s>)
    where
        Self: Sized;
}

impl<F, L, Shape, Ways> OnSignal<L, Here<Awaited>, (Shape, Ways)> for F
where
    L: List,
    F: Function<Shape, Params: Find<L, Nothing, (Taken, ()), Ways>>,
    F: Function<Shape, Output: Reacted<Awaited>> + Send + 'static,
    Shape: for<'f> Callable<
            &'f F,
            F::Params,
            Ways,
            Awaited,
            Made = <F::Output as Reacted<Awaited>>::Ready,
        > + 'static,
    Ways: 'static,
{
    fn add_to<'s>(function: &'s mut Option<F>, work: &mut Work<'s>, view: L::View<'s>) {
        let Some(function) = &*function else { return };
        work.awaited.push(Box::new(move || {
            let items = F::Params::find(&mut Given::new(view, None));
            Box::pin(async move { Shape::call(function, items).await.into_result() })
        }));
    }
}

impl<F, L, Shape, Ways> OnSignal<L, Elsewhere, (Shape, Ways)> for F
where
    L: List,
    F: Function<Shape, Params: Find<L, Nothing, (Taken, ()), Ways>>,
    F: Function<Shape, Params: Shareable<Ways>, Output: Reacted<Called>> + Send + 'static,
    F::Params: for<'s> Asks<Ways, Items<'s>: Copy>,
    Shape: for<'f> Callable<
            &'f F,
            F::Params,
            Ways,
            Called,
            Made = <F::Output as Reacted<Called>>::Ready,
        > + 'static,
    Ways: 'static,
{
    fn add_to<'s>(function: &'s mut Option<F>, work: &mut Work<'s>, view: L::View<'s>) {
        let Some(function) = function.take() else {
            return;
        };
        let items = F::Params::find(&mut Given::new(view, None));
        let call = move || now(Shape::call(&function, items)).into_result();
        work.called.push(Box::new(call));
    }
}
