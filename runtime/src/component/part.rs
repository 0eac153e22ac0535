//! One component, and the three chains that many of them are.

use std::pin::pin;

use super::judging::{Function, stop_has_ended};
use super::kind::{Awaited, Kind};
use super::list::{Base, Then};
use super::phases::{Halted, Progress, RunAll, Running, StartAll, Starting, StopAll, Stopping};
use crate::cleanup::Cleanup;
use crate::contain::Contained;
use crate::exit::End;
use crate::failure::Failure;
use crate::judging::discard;
use crate::shutdown::Shutdown;

/// What runs before all components.
pub(crate) type Body<C> = Box<dyn FnOnce() -> Awaited<'static, Result<C, Failure>> + Send>;

/// One component, with functions whose shapes no longer show. Those of threads are futures, too, that are ready at
/// once: so one piece of code starts and stops both.
pub(super) struct Part<Before, T, K: Kind> {
    pub(super) name: &'static str,
    pub(super) start: StartOne<Before, T>,
    pub(super) run: Option<RunOne<Then<Before, T>, K>>,
    pub(super) stop: StopOne<Before, T>,
}

pub(super) type StartOne<Before, T> =
    Box<dyn for<'s> FnOnce(&'s Before, &'s mut Cleanup) -> Awaited<'s, Result<T, Failure>> + Send>;
pub(super) type RunOne<List, K> = Box<dyn for<'s> FnOnce(&'s List) -> <K as Kind>::Work<'s> + Send>;
pub(super) type StopOne<Before, T> =
    Box<dyn for<'s> FnOnce(T, &'s Before) -> Awaited<'s, Result<End, Failure>> + Send>;

/// Many components: each link does its part before or after those before it.
pub(crate) struct Chains<C, List, K: Kind> {
    pub(crate) start: StartAll<C, List>,
    pub(crate) run: RunAll<List, K>,
    pub(crate) stop: StopAll<List>,
}

impl<C: 'static, K: Kind> Chains<C, Base<C>, K> {
    pub(super) fn new() -> Self {
        Chains {
            start: Box::new(|base, _| Box::pin(async { base })),
            run: Box::new(|_, _| ()),
            stop: Box::new(|base, _| Box::pin(async { discard(base) })),
        }
    }
}

impl<C: 'static, List: 'static, K: Kind> Chains<C, List, K> {
    pub(super) fn then<T: 'static>(self, part: Part<List, T, K>) -> Chains<C, Then<List, T>, K> {
        let Part {
            name,
            start,
            run,
            stop,
        } = part;
        let before = self;
        Chains {
            start: Box::new(move |base, progress| {
                Box::pin(async move {
                    let list = Then::new((before.start)(base, progress).await);
                    start_last(name, start, list, progress).await
                })
            }),
            run: Box::new(move |list, works| {
                (before.run)(&list.before, works);
                works.extend(run.map(|run| (name, run(list))));
            }),
            stop: Box::new(move |list, shutdown| {
                Box::pin(async move {
                    let stopped = stop_last(name, stop, list, &shutdown);
                    let (list, end) = stopped.await;
                    end.and((before.stop)(list, shutdown).await)
                })
            }),
        }
    }
}

impl<C, List, K: Kind> Chains<C, List, K> {
    /// As the phases of an app.
    pub(crate) fn phases(self) -> (Starting<C, List>, Running<List, K>, Stopping) {
        let Chains { start, run, stop } = self;
        (Starting { start, stop }, Running(run), Stopping)
    }
}

/// Starts the last component of the list, unless one before it could not, or none is to start any more.
async fn start_last<Before, T>(
    name: &'static str,
    start: StartOne<Before, T>,
    mut list: Then<Before, T>,
    progress: &Progress,
) -> Then<Before, T> {
    if !progress.goes_on() {
        if discard(start) == End::Panicked {
            // Those that have started are stopped all the same.
            progress.shutdown.note_panic();
        }
        return list;
    }
    let doing = progress.shutdown.does(Function::Start.of(name));
    let starting = start(&list.before, &mut list.cleanup);
    let started = Contained(pin!(Some(starting)).as_mut()).await;
    drop(doing);
    match started {
        Ok(Ok(state)) => list.state = Some(state),
        Ok(Err(error)) => progress.halt(Halted::Failed(Function::Start.failure(name, error))),
        Err(panic) => {
            Function::Start.name_panic(name);
            progress.halt(Halted::Panicked(panic));
        }
    }
    list
}

/// Stops the last component of the list, if it has started, and undoes what its `start` has pushed, in any case.
async fn stop_last<Before, T>(
    name: &'static str,
    stop: StopOne<Before, T>,
    list: Then<Before, T>,
    shutdown: &Shutdown,
) -> (Before, End) {
    let Then {
        before,
        state,
        mut cleanup,
    } = list;
    let _doing = shutdown.does(Function::Stop.of(name));
    let end;
    if let Some(state) = state {
        let stopping = stop(state, &before);
        let returned = Contained(pin!(Some(stopping)).as_mut()).await;
        end = stop_has_ended(name, returned, shutdown);
    } else {
        end = discard(stop);
    }
    let end = end.and(cleanup.undo().await);
    (before, end)
}
