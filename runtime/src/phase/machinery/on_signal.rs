//! Functions that a signal calls while `run` runs.

use super::function::{Callable, Function};
use super::kind::{Awaited, Called, Elsewhere, Here};
use super::list::List;
use super::output::Reacted;
use super::param::{Asks, Find, Given, Nothing, Shareable, Taken};
use crate::error::CallbackOutput;
use crate::phase::work::{Work, now};

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

impl<F, L, P, R, W> OnSignal<L, Here<Awaited>, (P, R, W)> for F
where
    L: List,
    F: Function<P, R> + Send + 'static,
    R: Reacted<Awaited>,
    P: 'static + Find<L, Nothing, (Taken, ()), W> + for<'f> Callable<&'f F, W, Awaited, R::Ready>,
    W: 'static,
{
    fn add_to<'s>(function: &'s mut Option<F>, work: &mut Work<'s>, view: L::View<'s>) {
        let Some(function) = &*function else { return };
        work.awaited.push(Box::new(move || {
            let items = P::find(&mut Given::new(view, None));
            Box::pin(async move { P::call(function, items).await.into_result() })
        }));
    }
}

impl<F, L, P, R, W> OnSignal<L, Elsewhere, (P, R, W)> for F
where
    L: List,
    F: Function<P, R> + Send + 'static,
    R: Reacted<Called>,
    P: 'static + Find<L, Nothing, (Taken, ()), W> + for<'f> Callable<&'f F, W, Called, R::Ready>,
    P: Shareable<W> + for<'s> Asks<W, Items<'s>: Copy>,
    W: 'static,
{
    fn add_to<'s>(function: &'s mut Option<F>, work: &mut Work<'s>, view: L::View<'s>) {
        let Some(function) = function.take() else {
            return;
        };
        let items = P::find(&mut Given::new(view, None));
        let call = move || now(P::call(&function, items)).into_result();
        work.called.push(Box::new(call));
    }
}
