//! An app that has no phases yet.

use std::fmt::{self, Debug};
use std::marker::PhantomData;

use super::{App, Setup};
use crate::conductor::{Body, ChangeLimits, First, Limits, Part, Parts, Sequence, StartOne};
use crate::error::Failure;
use crate::observe::{Event, Reported};
use crate::phase::machinery::{
    Base, Given, Kind, Leaves, List, Main, Many, NoBody, Run, Start, Stop, Tasks, Then, Whole,
};

/// An app that has an executor, or a body, and no phases yet: what [`App::executor`] and [`App::body`] return.
///
/// [`phases`](Builder::phases) or [`components`](Builder::components) makes it an [`App`]. The type parameters are the
/// kind of app, the type of the body's value, and whether there is a body.
#[must_use = "this is no app before it has phases or components"]
pub struct Builder<K, C, Own = Whole> {
    setup: Setup,
    body: Body<C>,
    change_limits: Option<ChangeLimits<C>>,
    kind: PhantomData<fn() -> (K, Own)>,
}

impl Builder<Tasks, (), NoBody> {
    /// Adds an `async fn` that runs before `start`, and is awaited. [`App::body`] tells what a body is for.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App, Executor};
    /// # use std::io;
    /// async fn body() -> io::Result<String> { Ok("127.0.0.1:8080".into()) }
    /// async fn start(address: String) -> io::Result<()> { Ok(()) }
    ///
    /// App::executor(Executor::block_on(smol::block_on)).body(body).phases(start, Absent, Absent).main();
    /// ```
    pub fn body<C, E>(
        self,
        body: impl AsyncFnOnce() -> Result<C, E> + Send + 'static,
    ) -> Builder<Tasks, C>
    where
        C: 'static,
        E: Debug + 'static,
    {
        let body = async || body().await.map_err(Failure::new);
        // A function that was named before is one of an app without a body, whose value is `()`.
        let change_limits = self
            .change_limits
            .map(|change| -> ChangeLimits<C> { Box::new(move |_, limits| change(&(), limits)) });
        Builder {
            setup: self.setup,
            body: Box::new(|| Box::pin(body())),
            change_limits,
            kind: PhantomData,
        }
    }
}

impl<K: Kind> Builder<K, (), NoBody> {
    /// An app without a body. A `()` stands for the value of the body, so that there is one kind of list.
    #[track_caller]
    pub(super) fn without_body(sequence: Sequence) -> Self {
        Builder::new(sequence, Box::new(|| Box::pin(async { Ok(()) })))
    }
}

impl<K: Kind, C: 'static, Own: 'static> Builder<K, C, Own> {
    #[track_caller]
    pub(super) fn new(sequence: Sequence, body: Body<C>) -> Self {
        Builder {
            setup: Setup::new(sequence),
            body,
            change_limits: None,
            kind: PhantomData,
        }
    }

    /// Has a function change the limits of the app by the value of the body, for limits that come from configuration:
    /// arguments, the environment, a file.
    ///
    /// `change` is called once, when the body has ended, and before `start`. It finds the limits that the options have
    /// set, and changes those that it wants to. Where there is no body, or it is added after this call, the value is
    /// `()`.
    ///
    /// # Errors
    ///
    /// What contradicts each other then, such as a drain that is longer than the deadline, counts as an `Err` of the
    /// body: an error names both and their values, no phase runs, and the exit status is 1.
    ///
    /// # Panics
    ///
    /// A panic of `change` counts as a panic of the body: no phase runs, and the exit status is 101.
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App, Status};
    /// use std::env;
    /// use std::time::Duration;
    ///
    /// let body = || env::var("SHUTDOWN_SECONDS").unwrap_or("25".into()).parse();
    /// let ended = App::body(body)
    ///     .limits(|&seconds, limits| limits.deadline = Some(Duration::from_secs(seconds)))
    ///     .phases(Absent, || (), Absent)
    ///     .drain(Duration::from_secs(5))
    ///     .run()?;
    /// assert_eq!(ended.status, Status::Code(0));
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    pub fn limits(mut self, change: impl FnOnce(&C, &mut Limits) + Send + 'static) -> Self {
        self.change_limits = Some(Box::new(change));
        self.setup.changes_limits = true;
        self
    }

    /// Makes an app of these three phases. What is said at [`App::new`] holds here, too.
    pub fn phases<St, R, Sp, S, P, Q, X, Y, Z>(
        self,
        start: St,
        run: R,
        stop: Sp,
    ) -> App<Then<Main<K, C, P>, S, Q>>
    where
        S: 'static,
        P: 'static,
        Q: Leaves + 'static,
        St: Start<Base<K>, C, Own, S, P, X>,
        R: Run<Main<K, C, P>, S, (), K::Run, Q, Y>,
        Sp: Stop<Main<K, C, P>, S, Q::ToStop, Z>,
    {
        self.app(|first| {
            let start: StartOne<First<C>, S> = Box::new(|first, shutdown, cleanup| {
                let config = Some(&mut first.config);
                start.start(Given::new(shutdown, config).with(cleanup))
            });
            Box::new(Part::new(Box::new(first), None, start, run, stop))
        })
    }

    /// Makes an app of components, which [`App::with`] adds. What is said at [`App::components`] holds here, too.
    pub fn components(self) -> App<Main<K, C, (Own, Many)>> {
        self.app(|first| Box::new(first))
    }

    /// The observer that the attribute names. An app that is made by hand has [`App::observe`].
    pub(crate) fn observe(mut self, observer: fn(&Event)) -> Self {
        self.setup.observe(observer);
        self
    }

    /// The reporter that the attribute names. An app that is made by hand has [`App::report`].
    pub(crate) fn report<R: Into<Reported> + 'static>(mut self, reporter: fn(&Event) -> R) -> Self {
        self.setup.report(reporter);
        self
    }

    /// What the attribute says that systemd is told. An app that is made by hand has [`App::systemd`].
    #[cfg(feature = "systemd")]
    pub(crate) fn systemd(mut self, systemd: crate::systemd::Systemd) -> Self {
        self.setup.manager = Some(systemd);
        self
    }

    fn app<L: List>(
        self,
        parts: impl FnOnce(First<C>) -> Box<dyn Parts<L>> + Send + 'static,
    ) -> App<L> {
        let Builder {
            setup,
            body,
            change_limits,
            ..
        } = self;
        App {
            setup,
            plan: Box::new(|| parts(First::new(body, change_limits))),
        }
    }
}

impl<K, C, Own> Debug for Builder<K, C, Own> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("executor", &self.setup.sequence.executor())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::conductor::Executor;
    use crate::wake::block_on;

    /// A function that was named before the body changes the limits as well.
    #[test]
    fn limits_may_come_before_the_body() {
        const DRAIN: Duration = Duration::from_secs(7);
        let drains = |(): &(), limits: &mut Limits| limits.drain = Some(DRAIN);
        let builder = App::executor(Executor::block_on(drop)).limits(drains);
        let app = builder.body(async || Ok::<u8, ()>(7)).components();
        assert!(app.setup.changes_limits);
        let (mut parts, mut limits) = ((app.plan)(), Limits::NONE);
        assert!(block_on(parts.run_body(&mut limits)).is_ok());
        assert_eq!(limits.drain, Some(DRAIN));
    }
}
