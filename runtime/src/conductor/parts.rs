//! The parts of an app, which start in order and stop in reverse.
//!
//! An app of three phases is one part without a name. A component is a part with a name. Each part holds its functions,
//! the state that its `start` has made, and the part before it, in a box. So to start a part is to start the one before
//! it first, and to stop a part is to stop the one before it afterwards.
//!
//! What functions may ask for is known to the compiler alone, as a list of types ([`List`]). The traits here erase that
//! list step by step, so that the sequence of the phases is compiled once and not once for each program.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::pin::pin;
use std::thread;
use std::time::Duration;

use super::Limits;
use super::app_thread::AppThread;
use super::turn::within;
use crate::component::{Function, stop_has_ended};
use crate::error::Failure;
use crate::phase::machinery::{
    Given, Kind, Leaves, List, Main, OnSignal, Run, Signals, Stop, Then,
};
use crate::phase::{Boxed, Cleanup, Component, Work};
use crate::shield::{bounded, call_bounded};
use crate::shutdown::Shutdown;
use crate::status::End;
use crate::unwind::Contained;
use crate::unwind::{discard, flatten_end, panicked};

/// Makes the parts. A plan is `Send` and is called on the app's thread, so that the parts, and the states that they
/// make there, need not be `Send`.
pub(crate) type Plan<L> = Box<dyn FnOnce() -> Box<dyn Parts<L>> + Send>;

/// A [`Plan`] whose list is erased.
pub(crate) type AnyPlan = Box<dyn FnOnce() -> Box<dyn AllParts> + Send>;

/// A part, together with all parts before it. `L` is the list of what they make.
pub(crate) trait Parts<L: List> {
    /// Runs the body: the user's own code in `main`, before all phases. The value that it makes may change the limits.
    fn run_body<'a>(&'a mut self, limits: &'a mut Limits) -> Boxed<'a, Result<(), Failure>>;

    /// Starts the parts in order. The first that fails, panics or finds a request keeps those after it from starting;
    /// `progress` says why.
    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()>;

    /// Lends what the parts have made to a function that asks for it by `&`.
    fn view<'s>(&'s self, shutdown: &'s Shutdown) -> L::View<'s>;

    /// Adds the `run` of each part to `work`, in order. Returns what these leave for others to borrow meanwhile: a
    /// state that its `run` takes or changes is not among it.
    fn work<'s>(&'s mut self, shutdown: &'s Shutdown, work: &mut Work<'s>) -> L::View<'s>;

    /// Stops the parts that have started, in reverse order.
    fn stop<'a>(&'a mut self, thread: &'a AppThread) -> Boxed<'a, End>;

    /// Drops the functions that are not called any more. Of a part that has not started these are all.
    fn discard(&mut self) -> End;
}

/// [`Parts`] whose list is erased: all that the sequence of the phases knows of the parts. So the sequence and the
/// listener are compiled once, and not once for each program. The methods are those of [`Parts`].
pub(crate) trait AllParts {
    fn run_body<'a>(&'a mut self, limits: &'a mut Limits) -> Boxed<'a, Result<(), Failure>>;
    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()>;
    fn work<'s>(&'s mut self, shutdown: &'s Shutdown) -> Work<'s>;
    fn stop<'a>(&'a mut self, thread: &'a AppThread) -> Boxed<'a, End>;
    fn discard(&mut self) -> End;
}

/// Makes [`AllParts`] of [`Parts`].
pub(crate) struct Erased<L: List>(pub(crate) Box<dyn Parts<L>>);

impl<L: List> AllParts for Erased<L> {
    fn run_body<'a>(&'a mut self, limits: &'a mut Limits) -> Boxed<'a, Result<(), Failure>> {
        self.0.run_body(limits)
    }

    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()> {
        self.0.start(progress)
    }

    fn work<'s>(&'s mut self, shutdown: &'s Shutdown) -> Work<'s> {
        let mut work = Work::default();
        self.0.work(shutdown, &mut work);
        work
    }

    fn stop<'a>(&'a mut self, thread: &'a AppThread) -> Boxed<'a, End> {
        self.0.stop(thread)
    }

    fn discard(&mut self) -> End {
        self.0.discard()
    }
}

/// Whether the start of the parts goes on, and the reason if it does not.
pub(crate) struct Progress<'a> {
    shutdown: &'a Shutdown,
    halted: RefCell<Option<Halted>>,
}

/// Why no further part starts.
enum Halted {
    Requested,
    Failed(Failure),
    Panicked(Box<dyn Any + Send>),
}

impl<'a> Progress<'a> {
    pub(crate) fn new(shutdown: &'a Shutdown) -> Self {
        Progress {
            shutdown,
            halted: RefCell::new(None),
        }
    }

    /// Whether the next component is to start. A request keeps all those from it that have not begun.
    fn should_continue(&self) -> bool {
        let mut halted = self.halted.borrow_mut();
        if halted.is_none() && self.shutdown.is_requested() {
            *halted = Some(Halted::Requested);
        }
        halted.is_none()
    }

    fn halt(&self, why: Halted) {
        *self.halted.borrow_mut() = Some(why);
    }

    /// The result of the start, in the form that a function would have which starts all parts: whether all have
    /// started, an `Err`, or a panic.
    pub(crate) fn into_returned(self) -> thread::Result<Result<bool, Failure>> {
        match self.halted.into_inner() {
            None => Ok(Ok(true)),
            Some(Halted::Requested) => Ok(Ok(false)),
            Some(Halted::Failed(failure)) => Ok(Err(failure)),
            Some(Halted::Panicked(panic)) => Err(panic),
        }
    }
}

/// The body of `main`, which makes the first value.
pub(crate) type Body<C> = Box<dyn FnOnce() -> Boxed<'static, Result<C, Failure>> + Send>;

/// What changes the limits of the app, by the value of the body.
pub(crate) type ChangeLimits<C> = Box<dyn FnOnce(&C, &mut Limits) + Send>;

/// The place before the first part: the body of `main`, and later the value that the body has made.
pub(crate) struct First<C> {
    body: Option<Body<C>>,
    change_limits: Option<ChangeLimits<C>>,
    pub(crate) config: Option<C>,
}

impl<C> First<C> {
    pub(crate) fn new(body: Body<C>, change_limits: Option<ChangeLimits<C>>) -> Self {
        First {
            body: Some(body),
            change_limits,
            config: None,
        }
    }
}

impl<K: Kind, C: 'static, Left: 'static> Parts<Main<K, C, Left>> for First<C> {
    fn run_body<'a>(&'a mut self, limits: &'a mut Limits) -> Boxed<'a, Result<(), Failure>> {
        Box::pin(async {
            if let Some(body) = self.body.take() {
                let config = bounded(async { body().await }).await?;
                if let Some(change) = self.change_limits.take() {
                    call_bounded(|| change(&config, limits));
                }
                self.config = Some(config);
            }
            Ok(())
        })
    }

    fn start<'a>(&'a mut self, _: &'a Progress<'a>) -> Boxed<'a, ()> {
        Box::pin(async {})
    }

    fn view<'s>(&'s self, shutdown: &'s Shutdown) -> (&'s Shutdown, Option<&'s C>) {
        (shutdown, self.config.as_ref())
    }

    fn work<'s>(
        &'s mut self,
        shutdown: &'s Shutdown,
        _: &mut Work<'s>,
    ) -> (&'s Shutdown, Option<&'s C>) {
        (shutdown, self.config.as_ref())
    }

    fn stop<'a>(&'a mut self, _: &'a AppThread) -> Boxed<'a, End> {
        Box::pin(async { discard(self.config.take()) })
    }

    fn discard(&mut self) -> End {
        End::Done
    }
}

/// A part, after `before`. Its `start` makes a `T`. The types of its functions are erased.
pub(crate) struct Part<Before: ?Sized, L: List, T> {
    before: Box<Before>,
    /// The component that this is. The only part of an app without components is none.
    component: Option<Component>,
    // The functions, until they are called or dropped.
    start: Option<StartOne<Before, T>>,
    run: Option<RunOne<L, T>>,
    stop: Option<StopOne<L, T>>,
    /// How long `stop` may take, if it has a limit of its own.
    limit: Option<Duration>,
    started: bool,
    /// The state, from the end of `start` on, until `run` or `stop` takes it.
    state: Option<T>,
    /// The steps that `start` has pushed, which undo what it has done.
    cleanup: Cleanup,
}

pub(crate) type StartOne<Before, T> = Box<
    dyn for<'s> FnOnce(
            &'s mut Before,
            &'s Shutdown,
            &'s mut Cleanup,
        ) -> Boxed<'s, Result<T, Failure>>
        + Send,
>;
type RunOne<L, T> = Box<
    dyn for<'s> FnOnce(&mut Work<'s>, <L as List>::View<'s>, &'s mut Option<T>) -> Option<&'s T>
        + Send,
>;
type StopOne<L, T> = Box<
    dyn for<'s> FnOnce(<L as List>::View<'s>, &'s mut Option<T>) -> Boxed<'s, Result<End, Failure>>
        + Send,
>;

impl<Before: ?Sized, L: List, T: 'static> Part<Before, L, T> {
    pub(crate) fn new<R, Sp, With, Place, Q, Y, Z>(
        before: Box<Before>,
        component: Option<Component>,
        start: StartOne<Before, T>,
        run: R,
        stop: Sp,
    ) -> Self
    where
        Q: Leaves,
        R: Run<L, T, With, Place, Q, Y>,
        Sp: Stop<L, T, Q::ToStop, Z>,
    {
        let limit = stop.limit();
        let run: RunOne<L, T> = Box::new(move |work, view, own| {
            let mut given = Given::new(view, Some(own));
            run.add_to(work, component, &mut given);
            given.left()
        });
        Part {
            before,
            component,
            start: Some(start),
            run: Some(run),
            stop: Some(Box::new(|view, own| stop.stop(Given::new(view, Some(own))))),
            limit,
            started: false,
            state: None,
            cleanup: Cleanup::new(),
        }
    }
}

impl<Before, L, T, Left> Parts<Then<L, T, Left>> for Part<Before, L, T>
where
    Before: Parts<L> + ?Sized,
    L: List,
    T: 'static,
    Left: 'static,
{
    fn run_body<'a>(&'a mut self, limits: &'a mut Limits) -> Boxed<'a, Result<(), Failure>> {
        self.before.run_body(limits)
    }

    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()> {
        Box::pin(async move {
            self.before.start(progress).await;
            let Some(start) = self.start.take() else {
                return;
            };
            let name = self.component.map(|component| component.name);
            if name.is_some() && !progress.should_continue() {
                if discard(start) == End::Panicked {
                    // The panic does not end the start: the parts that have started are stopped, as after a request.
                    progress.shutdown.note_panic();
                }
                return;
            }
            let activity =
                name.map(|name| progress.shutdown.begin_activity(Function::Start.of(name)));
            let starting = start(&mut self.before, progress.shutdown, &mut self.cleanup);
            let started = Contained(pin!(Some(starting)).as_mut()).await;
            drop(activity);
            match started {
                Ok(Ok(state)) => {
                    self.state = Some(state);
                    self.started = true;
                }
                Ok(Err(failure)) => progress.halt(Halted::Failed(match name {
                    Some(name) => Function::Start.failure(name, failure),
                    None => failure,
                })),
                Err(panic) => {
                    if let Some(name) = name {
                        Function::Start.name_panic(name);
                    }
                    progress.halt(Halted::Panicked(panic));
                }
            }
        })
    }

    fn view<'s>(&'s self, shutdown: &'s Shutdown) -> (L::View<'s>, Option<&'s T>) {
        (self.before.view(shutdown), self.state.as_ref())
    }

    fn work<'s>(
        &'s mut self,
        shutdown: &'s Shutdown,
        work: &mut Work<'s>,
    ) -> (L::View<'s>, Option<&'s T>) {
        let view = self.before.work(shutdown, work);
        let left = match self.run.take() {
            Some(run) => run(work, view, &mut self.state),
            None => None,
        };
        (view, left)
    }

    fn stop<'a>(&'a mut self, thread: &'a AppThread) -> Boxed<'a, End> {
        let shutdown = &thread.shutdown;
        Box::pin(async move {
            let name = self.component.map(|component| component.name);
            let mut activity = name.map(|name| shutdown.begin_activity(Function::Stop.of(name)));
            let mut end = End::Done;
            let stop = self.stop.take_if(|_| self.started);
            if let Some(stop) = stop {
                let stopping = async {
                    let returned = stop(self.before.view(shutdown), &mut self.state).await;
                    // A state that `stop` has only borrowed is dropped here, inside of what is contained and judged: a
                    // panic of that drop is a panic of `stop`.
                    self.state = None;
                    returned
                };
                let mut stopping = pin!(Some(stopping));
                let mut stopping = Contained(stopping.as_mut());
                let returned = match within(thread, name, self.limit, &mut stopping).await {
                    Some(returned) => Ok(returned),
                    None => Err(stopping.give_up().map_or_else(panicked, |()| End::Done)),
                };
                // What comes after the function has a name of its own, and one thing is named once.
                activity = None;
                end = match (name, returned) {
                    (Some(name), Ok(returned)) => stop_has_ended(name, returned, shutdown),
                    (None, Ok(returned)) => flatten_end(thread.judge(returned)),
                    (_, Err(end)) => end,
                };
            }
            // Where `stop` has panicked, or there is none, the state may still be there. The steps of `Cleanup` come
            // after it, since they undo what the state was built on.
            let end = end.and(discard(self.state.take()));
            drop(activity);
            let end = end.and(self.cleanup.undo(name, shutdown).await);
            end.and(self.before.stop(thread).await)
        })
    }

    fn discard(&mut self) -> End {
        let mut end = self.before.discard().and(discard(self.start.take()));
        end = end.and(discard(self.run.take()));
        if !self.started {
            end = end.and(discard(self.stop.take()));
        }
        end
    }
}

/// A function that a signal calls. It comes after the parts whose states it may ask for.
pub(crate) struct WithCallback<L: List, F, X> {
    before: Box<dyn Parts<L>>,
    signal: i32,
    function: Option<F>,
    shape: PhantomData<fn() -> X>,
}

impl<L: List, F, X> WithCallback<L, F, X> {
    pub(crate) fn new(before: Box<dyn Parts<L>>, signal: i32, function: F) -> Self {
        WithCallback {
            before,
            signal,
            function: Some(function),
            shape: PhantomData,
        }
    }
}

impl<L, F, X> Parts<L> for WithCallback<L, F, X>
where
    L: List,
    F: OnSignal<L, Signals<L>, X>,
{
    fn run_body<'a>(&'a mut self, limits: &'a mut Limits) -> Boxed<'a, Result<(), Failure>> {
        self.before.run_body(limits)
    }

    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()> {
        self.before.start(progress)
    }

    fn view<'s>(&'s self, shutdown: &'s Shutdown) -> L::View<'s> {
        self.before.view(shutdown)
    }

    fn work<'s>(&'s mut self, shutdown: &'s Shutdown, work: &mut Work<'s>) -> L::View<'s> {
        let view = self.before.work(shutdown, work);
        F::add_to(self.signal, &mut self.function, work, view);
        view
    }

    fn stop<'a>(&'a mut self, thread: &'a AppThread) -> Boxed<'a, End> {
        self.before.stop(thread)
    }

    fn discard(&mut self) -> End {
        let end = self.before.discard();
        end.and(discard(self.function.take()))
    }
}
