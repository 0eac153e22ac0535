//! All components together, as the three phases of an app.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::panic::resume_unwind;

use super::kind::{Awaited, Kind, Named, OfTasks, OfThreads};
use super::list::Base;
use super::shape::All;
use super::{tasks, threads};
use crate::block_on::block_on;
use crate::cleanup::Cleanup;
use crate::exit::End;
use crate::failure::Failure;
use crate::phase::{self, Access, Shared};
use crate::shutdown::Shutdown;

/// Starts the components of a list.
pub(crate) type StartAll<C, List> =
    Box<dyn for<'p> FnOnce(Base<C>, &'p Progress) -> Awaited<'p, List> + Send>;

/// Gathers the `run`s of a list, with the names of the components.
pub(crate) type RunAll<List, K> =
    Box<dyn for<'s> FnOnce(&'s List, &mut Vec<Named<<K as Kind>::Work<'s>>>) + Send>;

/// Stops those components of a list that have started.
pub(crate) type StopAll<List> = Box<dyn FnOnce(List, Shutdown) -> Awaited<'static, End> + Send>;

/// How far the start has come.
pub(crate) struct Progress {
    pub(super) shutdown: Shutdown,
    halted: RefCell<Option<Halted>>,
}

/// Why no further component starts.
pub(crate) enum Halted {
    Requested,
    Failed(Failure),
    Panicked(Box<dyn Any + Send>),
}

impl Progress {
    /// Whether the next component is to start. A request keeps those from it that have not begun.
    pub(super) fn goes_on(&self) -> bool {
        let mut halted = self.halted.borrow_mut();
        if halted.is_none() && self.shutdown.requested() {
            *halted = Some(Halted::Requested);
        }
        halted.is_none()
    }

    /// One could not.
    pub(super) fn halt(&self, why: Halted) {
        *self.halted.borrow_mut() = Some(why);
    }
}

/// The state of an app of components: what they have made.
pub struct Whole<List> {
    list: List,
    stop: StopAll<List>,
    /// Whether all of them have started.
    complete: bool,
}

impl<List> Whole<List> {
    /// The list, where all have started.
    pub(super) fn complete(&self) -> Option<&List> {
        self.complete.then_some(&self.list)
    }

    async fn stop(self, shutdown: &Shutdown) -> End {
        (self.stop)(self.list, shutdown.clone()).await
    }
}

impl<List: fmt::Debug> fmt::Debug for Whole<List> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whole")
            .field("list", &self.list)
            .field("complete", &self.complete)
            .finish_non_exhaustive()
    }
}

/// The `start` of all.
pub(crate) struct Starting<C, List> {
    pub(super) start: StartAll<C, List>,
    pub(super) stop: StopAll<List>,
}

impl<C: 'static, List: 'static> Starting<C, List> {
    /// A part that fails takes back those before it.
    async fn start(
        self,
        config: C,
        shutdown: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<Whole<List>, Failure> {
        let progress = Progress {
            shutdown: shutdown.clone(),
            halted: RefCell::new(None),
        };
        let list = (self.start)(Base::new(config, shutdown.clone()), &progress).await;
        let halted = progress.halted.into_inner();
        let whole = Whole {
            list,
            stop: self.stop,
            complete: halted.is_none(),
        };
        let halted = match halted {
            None | Some(Halted::Requested) => return Ok(whole),
            Some(Halted::Failed(failure)) => Ok(failure),
            Some(Halted::Panicked(panic)) => Err(panic),
        };
        let shutdown = shutdown.clone();
        cleanup.push_ours("components", async move { whole.stop(&shutdown).await });
        Err(halted.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

impl<C: 'static, List: 'static> phase::Start<C, All> for Starting<C, List> {
    type State = Whole<List>;

    fn call(
        self,
        config: C,
        shutdown: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<Whole<List>, Failure> {
        block_on(self.start(config, shutdown, cleanup))
    }
}

impl<C: 'static, List: 'static> phase::AsyncStart<C, All> for Starting<C, List> {
    type State = Whole<List>;

    async fn call(
        self,
        config: C,
        shutdown: &Shutdown,
        cleanup: &mut Cleanup,
    ) -> Result<Whole<List>, Failure> {
        self.start(config, shutdown, cleanup).await
    }
}

/// The `run` of all.
pub(crate) struct Running<List, K: Kind>(pub(super) RunAll<List, K>);

impl<List: 'static, K: Kind> Running<List, K> {
    /// Nothing, where not all have started. The request is there then, though it may have come too late to keep `run`
    /// from being called.
    fn works(self, whole: &Whole<List>) -> Option<Vec<Named<K::Work<'_>>>> {
        let mut works = Vec::new();
        (self.0)(whole.complete()?, &mut works);
        Some(works)
    }
}

impl<List: 'static> phase::Run<Whole<List>, All> for Running<List, OfThreads> {
    type Access = Shared;

    fn call(self, whole: &Whole<List>, shutdown: &Shutdown) -> Result<End, Failure> {
        let works = self.works(whole);
        Ok(works.map_or(End::Done, |works| threads::side_by_side(works, shutdown)))
    }
}

impl<List: 'static> phase::AsyncRun<Whole<List>, All> for Running<List, OfTasks> {
    type Access = Shared;

    async fn call(
        self,
        whole: <Shared as Access<Whole<List>>>::Ref<'_>,
        shutdown: &Shutdown,
    ) -> Result<End, Failure> {
        Ok(match self.works(whole) {
            Some(works) => tasks::side_by_side(works, shutdown).await,
            None => End::Done,
        })
    }
}

/// The `stop` of all.
pub(crate) struct Stopping;

impl<List: 'static> phase::Stop<Whole<List>, All> for Stopping {
    fn call(self, whole: Whole<List>, shutdown: &Shutdown) -> Result<End, Failure> {
        Ok(block_on(whole.stop(shutdown)))
    }
}

impl<List: 'static> phase::AsyncStop<Whole<List>, All> for Stopping {
    async fn call(self, whole: Whole<List>, shutdown: &Shutdown) -> Result<End, Failure> {
        Ok(whole.stop(shutdown).await)
    }
}
