//! The parts of an app: what its phases are, one part or many.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::pin::pin;
use std::thread;

use super::app_thread::AppThread;
use crate::component::{Function, stop_has_ended};
use crate::error::Failure;
use crate::phase::Cleanup;
use crate::phase::machinery::{
    Given, Kind, Leaves, List, Main, OnSignal, Run, Signals, Stop, Then,
};
use crate::phase::{Boxed, Work};
use crate::shutdown::Shutdown;
use crate::status::End;
use crate::unwind::Contained;
use crate::unwind::{discard, of_phase};

/// Parts that have not begun, on their way to the app's thread. What they make there need not be `Send`.
pub(crate) type Plan<L> = Box<dyn FnOnce() -> Box<dyn Parts<L>> + Send>;

/// A plan, whatever its parts make.
pub(crate) type AnyPlan = Box<dyn FnOnce() -> Box<dyn AllParts> + Send>;

/// A part, and all those before it. What they make is the list `L`.
pub(crate) trait Parts<L: List> {
    /// Runs `main`'s body.
    fn begin(&mut self) -> Boxed<'_, Result<(), Failure>>;

    /// Starts the parts in order, as far as that goes well.
    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()>;

    /// What they have made.
    fn view<'s>(&'s self, shutdown: &'s Shutdown) -> L::View<'s>;

    /// Has what is to be done in `run` ready, in order; and what is left for others to look at meanwhile.
    fn work<'s>(&'s mut self, shutdown: &'s Shutdown, work: &mut Work<'s>) -> L::View<'s>;

    /// Stops those that have started, in reverse.
    fn stop<'a>(&'a mut self, thread: &'a AppThread) -> Boxed<'a, End>;

    /// Drops the functions that are not called any more: and all of a part that has not started.
    fn discard(&mut self) -> End;
}

/// The parts of an app, whatever they make: all that the sequence of the phases knows of them. So that sequence, and the
/// listener, are compiled once, and not in each program.
pub(crate) trait AllParts {
    fn begin(&mut self) -> Boxed<'_, Result<(), Failure>>;
    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()>;
    fn work<'s>(&'s mut self, shutdown: &'s Shutdown) -> Work<'s>;
    fn stop<'a>(&'a mut self, thread: &'a AppThread) -> Boxed<'a, End>;
    fn discard(&mut self) -> End;
}

/// Parts whose list no longer shows.
pub(crate) struct Erased<L: List>(pub(crate) Box<dyn Parts<L>>);

impl<L: List> AllParts for Erased<L> {
    fn begin(&mut self) -> Boxed<'_, Result<(), Failure>> {
        self.0.begin()
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

/// How far the start has come.
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

    /// Whether the next component is to start. A request keeps those from it that have not begun.
    fn goes_on(&self) -> bool {
        let mut halted = self.halted.borrow_mut();
        if halted.is_none() && self.shutdown.is_requested() {
            *halted = Some(Halted::Requested);
        }
        halted.is_none()
    }

    fn halt(&self, why: Halted) {
        *self.halted.borrow_mut() = Some(why);
    }

    /// Whether all parts have started, as a function would return it that starts them.
    pub(crate) fn into_returned(self) -> thread::Result<Result<bool, Failure>> {
        match self.halted.into_inner() {
            None => Ok(Ok(true)),
            Some(Halted::Requested) => Ok(Ok(false)),
            Some(Halted::Failed(failure)) => Ok(Err(failure)),
            Some(Halted::Panicked(panic)) => Err(panic),
        }
    }
}

/// What runs before all parts.
pub(crate) type Body<C> = Box<dyn FnOnce() -> Boxed<'static, Result<C, Failure>> + Send>;

/// Before the first part: `main`'s body, and then its value.
pub(crate) struct First<C> {
    body: Option<Body<C>>,
    pub(crate) config: Option<C>,
}

impl<C> First<C> {
    pub(crate) fn new(body: Body<C>) -> Self {
        let body = Some(body);
        First { body, config: None }
    }
}

impl<K: Kind, C: 'static, Left: 'static> Parts<Main<K, C, Left>> for First<C> {
    fn begin(&mut self) -> Boxed<'_, Result<(), Failure>> {
        Box::pin(async {
            if let Some(body) = self.body.take() {
                self.config = Some(body().await?);
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

/// A part with functions whose shapes no longer show, after `before`. Of its own it makes a `T`.
pub(crate) struct Part<Before: ?Sized, L: List, T> {
    before: Box<Before>,
    /// The component's; the part of an app that is no list of components has none.
    name: Option<&'static str>,
    /// The functions, until they are called.
    start: Option<StartOne<Before, T>>,
    run: Option<RunOne<L, T>>,
    stop: Option<StopOne<L, T>>,
    started: bool,
    /// From when it has started on, until it is taken or stopped.
    state: Option<T>,
    /// What `start` has pushed.
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
        name: Option<&'static str>,
        start: StartOne<Before, T>,
        run: R,
        stop: Sp,
    ) -> Self
    where
        Q: Leaves,
        R: Run<L, T, With, Place, Q, Y>,
        Sp: Stop<L, T, Q::ToStop, Z>,
    {
        let run: RunOne<L, T> = Box::new(move |work, view, own| {
            let mut given = Given::new(view, Some(own));
            run.add_to(work, name, &mut given);
            given.left()
        });
        Part {
            before,
            name,
            start: Some(start),
            run: Some(run),
            stop: Some(Box::new(|view, own| stop.stop(Given::new(view, Some(own))))),
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
    fn begin(&mut self) -> Boxed<'_, Result<(), Failure>> {
        self.before.begin()
    }

    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()> {
        Box::pin(async move {
            self.before.start(progress).await;
            let Some(start) = self.start.take() else {
                return;
            };
            let name = self.name;
            if name.is_some() && !progress.goes_on() {
                if discard(start) == End::Panicked {
                    // Those that have started are stopped all the same.
                    progress.shutdown.note_panic();
                }
                return;
            }
            let doing = name.map(|name| progress.shutdown.begin_activity(Function::Start.of(name)));
            let starting = start(&mut self.before, progress.shutdown, &mut self.cleanup);
            let started = Contained(pin!(Some(starting)).as_mut()).await;
            drop(doing);
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
            let name = self.name;
            let doing = name.map(|name| shutdown.begin_activity(Function::Stop.of(name)));
            let mut end = End::Done;
            let stop = self.stop.take_if(|_| self.started);
            if let Some(stop) = stop {
                let stopping = async {
                    let returned = stop(self.before.view(shutdown), &mut self.state).await;
                    // What `stop` has not taken is dropped after it, as a part of it.
                    self.state = None;
                    returned
                };
                let returned = Contained(pin!(Some(stopping)).as_mut()).await;
                end = match name {
                    Some(name) => stop_has_ended(name, returned, shutdown),
                    None => of_phase(thread.judge(returned)),
                };
            }
            // A state that is left has outlived a panic of `stop`.
            let end = end.and(discard(self.state.take()));
            let end = end.and(self.cleanup.undo().await);
            drop(doing);
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

/// A function that a signal calls, after the parts whose values it may look at.
pub(crate) struct Listening<L: List, F, X> {
    before: Box<dyn Parts<L>>,
    function: Option<F>,
    shape: PhantomData<fn() -> X>,
}

impl<L: List, F, X> Listening<L, F, X> {
    pub(crate) fn new(before: Box<dyn Parts<L>>, function: F) -> Self {
        Listening {
            before,
            function: Some(function),
            shape: PhantomData,
        }
    }
}

impl<L, F, X> Parts<L> for Listening<L, F, X>
where
    L: List,
    F: OnSignal<L, Signals<L>, X>,
{
    fn begin(&mut self) -> Boxed<'_, Result<(), Failure>> {
        self.before.begin()
    }

    fn start<'a>(&'a mut self, progress: &'a Progress<'a>) -> Boxed<'a, ()> {
        self.before.start(progress)
    }

    fn view<'s>(&'s self, shutdown: &'s Shutdown) -> L::View<'s> {
        self.before.view(shutdown)
    }

    fn work<'s>(&'s mut self, shutdown: &'s Shutdown, work: &mut Work<'s>) -> L::View<'s> {
        let view = self.before.work(shutdown, work);
        F::add_to(&mut self.function, work, view);
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
