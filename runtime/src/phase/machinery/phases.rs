//! The four kinds of functions that an app calls: one trait each, with one implementation for all shapes.

use super::function::{Callable, Function};
use super::kind::{Awaited, Called, Elsewhere, Here, Of};
use super::list::{List, NoBody, Nothing, Taken, Undo, Whole};
use super::output::{Ended, PhaseOutput, Reacted, StartOutput, Started};
use super::param::{Asks, Find, Given, Shareable, Ways};
use crate::error::{CallbackOutput, Failure};
use crate::phase::work::{Work, now};
use crate::phase::{Absent, Boxed, NoPhase};
use crate::status::End;

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
