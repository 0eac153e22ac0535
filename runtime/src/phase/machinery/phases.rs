//! The four roles that a function of the user's may have: `start`, `run`, `stop`, and a signal's function.
//!
//! Each role is a trait. It has an implementation for functions of all shapes, one for each place where such a function
//! may run, and one for [`Absent`], where the role may be left out. What an implementation demands is, line by line:
//! the function is read, its output fits the role, its mode fits the kind of app, its parameters are found, and it can
//! be called with them.
//!
//! The last parameter of each trait, which the constructors call `X`, `Y` or `Z`, is there for the compiler: it names
//! all that an implementation has inferred (see [`machinery`](super)).

use std::time::Duration;

use super::function::{Callable, Function};
use super::kind::{Awaited, Called, Elsewhere, Here, Of};
use super::list::{List, NoBody, Seen, Signals, Taken, Undo, Whole};
use super::output::{Ended, PhaseOutput, Reacted, StartOutput, Started};
use super::param::{Asks, Find, Given, Shareable, Ways};
use crate::error::{CallbackOutput, Failure};
use crate::phase::work::{Callback, Work, now};
use crate::phase::{Absent, Boxed, Component, NoPhase};
use crate::shield::{bounded, call_bounded};
use crate::signal::Signal;
use crate::status::End;

/// A function that can be a `start`, and makes an `S`. Its own value is a `C`, that of `main`'s body. `Own` is the
/// right that it has to that value: `Whole`; `NoBody` where `main` has no body; `Taken` in a component, which may not
/// have the value. `Left` is what the function leaves of its rights.
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

impl<F, L, C, Own, S, Left, Params, Output, AllWays, Mode>
    Start<L, C, Own, S, Left, (Params, Output, AllWays, Mode)> for F
where
    L: List,
    F: Function<Params, Output> + Send + 'static,
    Output: Started<Mode, Ready: StartOutput<State = S>>,
    Mode: Of<L::Kind>,
    Params: Find<L, C, (Own, Undo), AllWays> + Callable<F, AllWays, Mode, Output::Ready> + 'static,
    AllWays: Ways<(Own, Undo), Left = Left>,
{
    fn start(self, mut given: Given<'_, L, C>) -> Boxed<'_, Result<S, Failure>> {
        let items = Params::find(&mut given);
        Box::pin(bounded(async move {
            Params::call(self, items).await.into_state()
        }))
    }
}

/// Without `start` the state is the value of `main`'s body.
#[diagnostic::do_not_recommend]
impl<L: List, C: 'static> Start<L, C, Whole, C, (Taken, Undo), NoPhase> for Absent {
    fn start(self, given: Given<'_, L, C>) -> Boxed<'_, Result<C, Failure>> {
        Box::pin(async { Ok(given.taken()) })
    }
}

/// Without `start`, and without a body of `main`, the state is a `()`.
#[diagnostic::do_not_recommend]
impl<L: List> Start<L, (), NoBody, (), (Taken, Undo), NoPhase> for Absent {
    fn start(self, _: Given<'_, L, ()>) -> Boxed<'_, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }
}

/// A component without `start` has no state, in whose place there is a `()`.
#[diagnostic::do_not_recommend]
impl<L: List, C> Start<L, C, Taken, (), (Taken, Undo), NoPhase> for Absent {
    fn start(self, _: Given<'_, L, C>) -> Boxed<'_, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }
}

/// A function that can be a `run`. Its own value is the state, a `T`, to which it has all rights. `Place` is where it
/// runs, and whether it is called or awaited there. `Left` is what it leaves of its rights. `With` is `Many` for a
/// component, or `()`.
#[diagnostic::on_unimplemented(
    message = "this cannot be the `run` of an app or a component whose state is `{T}`",
    label = "not a `run`",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns `()`, `ExitCode`, the `ExitStatus` of a child, or a `Result` of one of these with an error that is `Debug + 'static`"
)]
pub trait Run<L: List, T, With, Place, Left, X>: Send + 'static {
    #[doc(hidden)]
    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        component: Option<Component>,
        given: &mut Given<'s, L, T>,
    );
}

impl<F, L, T, With, Left, Params, Output, AllWays, Mode>
    Run<L, T, With, Here<Mode>, Left, (Params, Output, AllWays)> for F
where
    L: List,
    F: Function<Params, Output> + Send + 'static,
    Output: Ended<Mode>,
    Params:
        Find<L, T, (Whole, With), AllWays> + Callable<F, AllWays, Mode, Output::Ready> + 'static,
    AllWays: Ways<(Whole, With), Left = Left>,
{
    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        component: Option<Component>,
        given: &mut Given<'s, L, T>,
    ) {
        let items = Params::find(given);
        let run = Box::pin(bounded(async move {
            Params::call(self, items).await.into_end()
        }));
        match component {
            Some(component) => work.tasks.push((component, run)),
            None => work.alone = Some(run),
        }
    }
}

impl<F, L, T, With, Left, Params, Output, AllWays>
    Run<L, T, With, Elsewhere, Left, (Params, Output, AllWays)> for F
where
    L: List,
    F: Function<Params, Output> + Send + 'static,
    Output: Ended<Called>,
    Params:
        Find<L, T, (Whole, With), AllWays> + Callable<F, AllWays, Called, Output::Ready> + 'static,
    Params: Shareable<AllWays>,
    AllWays: Ways<(Whole, With), Left = Left>,
{
    fn add_to<'s>(
        self,
        work: &mut Work<'s>,
        component: Option<Component>,
        given: &mut Given<'s, L, T>,
    ) {
        let items = Params::find(given);
        let run = Box::new(move || call_bounded(|| now(Params::call(self, items)).into_end()));
        let component = component.unwrap_or(Component::new("run"));
        work.threads.push((component, run));
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T, With, Place> Run<L, T, With, Place, (Whole, With), NoPhase> for Absent {
    fn add_to<'s>(self, _: &mut Work<'s>, _: Option<Component>, _: &mut Given<'s, L, T>) {}
}

/// A function that can be a `stop`. Its own value is the state, a `T`; `Own` is the right that it has to the state,
/// `Whole`, or `Taken` where `run` has taken the state. A state that `stop` does not take is dropped after it, inside
/// the shield.
#[diagnostic::on_unimplemented(
    message = "this cannot be the `stop` of an app or a component whose state is `{T}`",
    label = "not a `stop`",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns `()`, `ExitCode`, the `ExitStatus` of a child, or a `Result` of one of these with an error that is `Debug + 'static`",
    note = "where it has a limit of its own in an app of threads, the state is `Send`, and it asks for nothing but that and the handle"
)]
pub trait Stop<L: List, T, Own, X>: Send + 'static {
    #[doc(hidden)]
    fn stop(self, given: Given<'_, L, T>) -> Boxed<'_, Result<End, Failure>>;

    /// How long it may take, if it has a limit of its own. When that has passed, the future is dropped.
    #[doc(hidden)]
    fn limit(&self) -> Option<Duration> {
        None
    }
}

impl<F, L, T, Own, Params, Output, AllWays, Mode> Stop<L, T, Own, (Params, Output, AllWays, Mode)>
    for F
where
    L: List,
    F: Function<Params, Output> + Send + 'static,
    Output: Ended<Mode>,
    Mode: Of<L::Kind>,
    Params: Find<L, T, (Own, ()), AllWays> + Callable<F, AllWays, Mode, Output::Ready> + 'static,
    AllWays: 'static,
{
    fn stop(self, mut given: Given<'_, L, T>) -> Boxed<'_, Result<End, Failure>> {
        let items = Params::find(&mut given);
        Box::pin(bounded(async move {
            Params::call(self, items).await.into_end()
        }))
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T, Own> Stop<L, T, Own, NoPhase> for Absent {
    fn stop(self, _: Given<'_, L, T>) -> Boxed<'_, Result<End, Failure>> {
        Box::pin(async { Ok(End::Done) })
    }
}

/// A function that a signal may call. Its own value is the [`Signal`], to which it may look; all else that it asks for
/// is in the list. `Place` is where it runs.
///
/// A signal may call the function many times. So it is called by `&`, and what it asks for can be given to each call:
/// references alone.
#[diagnostic::on_unimplemented(
    message = "this cannot be called by a signal",
    label = "not a signal's function",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`",
    note = "it returns `()`, or `Result<(), E>` where `E: Debug + 'static`"
)]
pub trait OnSignal<L: List, Place, X>: Send + 'static {
    #[doc(hidden)]
    fn add_to<'s>(
        signal: i32,
        function: &'s mut Option<Self>,
        work: &mut Work<'s>,
        view: L::View<'s>,
    ) where
        Self: Sized;
}

impl<F, L, Params, Output, AllWays> OnSignal<L, Here<Awaited>, (Params, Output, AllWays)> for F
where
    L: List,
    F: Function<Params, Output> + Send + 'static,
    Output: Reacted<Awaited>,
    Params: Find<L, Signal, (Seen, ()), AllWays> + 'static,
    Params: for<'f> Callable<&'f F, AllWays, Awaited, Output::Ready>,
    AllWays: 'static,
{
    fn add_to<'s>(
        signal: i32,
        function: &'s mut Option<F>,
        work: &mut Work<'s>,
        view: L::View<'s>,
    ) {
        let Some(function) = &*function else { return };
        let call = move |signal| -> Boxed<'s, _> {
            let found = Params::find(&mut Given::with_seen(view, &NO_SIGNAL));
            Box::pin(bounded(async move {
                let items = Params::again(found, &signal);
                Params::call(function, items).await.into_result()
            }))
        };
        work.awaited.push(Callback::new(signal, Box::new(call)));
    }
}

impl<F, L, Params, Output, AllWays> OnSignal<L, Elsewhere, (Params, Output, AllWays)> for F
where
    L: List,
    F: Function<Params, Output> + Send + 'static,
    Output: Reacted<Called>,
    Params: Find<L, Signal, (Seen, ()), AllWays> + 'static,
    Params: for<'f> Callable<&'f F, AllWays, Called, Output::Ready>,
    Params: Shareable<AllWays> + for<'s> Asks<AllWays, Items<'s>: Copy>,
    AllWays: 'static,
{
    fn add_to<'s>(
        signal: i32,
        function: &'s mut Option<F>,
        work: &mut Work<'s>,
        view: L::View<'s>,
    ) {
        // The thread that calls the function has it: a `&F` could go there only if `F` were `Sync`.
        let Some(function) = function.take() else {
            return;
        };
        let found = Params::find(&mut Given::with_seen(view, &NO_SIGNAL));
        let call = move |signal: &Signal| {
            let items = Params::again(found, signal);
            call_bounded(|| now(Params::call(&function, items)).into_result())
        };
        work.called.push(Callback::new(signal, Box::new(call)));
    }
}

/// The signals and their functions, as the attribute writes them: a list `((SIGHUP, reload), rest)` whose last `rest`
/// is `()`.
pub trait OnSignals<L: List, X> {
    fn add_to<A: AddOnSignal<L>>(self, app: A) -> A;
}

/// What a signal's function can be added to: an app, which is made above of all that is here.
pub trait AddOnSignal<L: List>: Sized {
    #[must_use]
    fn add_on_signal<F, X>(self, signal: i32, function: F) -> Self
    where
        F: OnSignal<L, Signals<L>, X>,
        X: 'static;
}

#[diagnostic::do_not_recommend]
impl<L: List> OnSignals<L, ()> for () {
    fn add_to<A: AddOnSignal<L>>(self, app: A) -> A {
        app
    }
}

impl<L, F, Rest, X, Xs> OnSignals<L, (X, Xs)> for ((i32, F), Rest)
where
    L: List,
    F: OnSignal<L, Signals<L>, X>,
    X: 'static,
    Rest: OnSignals<L, Xs>,
{
    fn add_to<A: AddOnSignal<L>>(self, app: A) -> A {
        let ((signal, function), rest) = self;
        rest.add_to(app.add_on_signal(signal, function))
    }
}

/// What stands in the place of the signal until there is one.
static NO_SIGNAL: Signal = Signal::new(0, None);
