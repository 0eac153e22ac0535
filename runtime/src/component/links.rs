//! One more component, or a function that a signal calls, after those that are there.

use std::marker::PhantomData;

use super::kind::{OfTasks, OfThreads};
use super::list::Then;
use super::needs::{Found, Shareable};
use super::part::{Part, RunOne};
use super::{
    AsyncReacts, AsyncRuns, AsyncStarts, AsyncStops, Components, Reacts, Runs, Starts, Stops,
    callback,
};

impl<C: 'static, List: 'static> Components<C, List, OfThreads> {
    /// And then this one: it starts after those before it, and stops before them.
    ///
    /// `name` is what messages call it, and its thread. [`Absent`](crate::Absent) stands for a function that is left
    /// out: without `start` the state is `()`; without `stop` the state is dropped at its turn.
    pub fn with<St, R, Sp, X, Y, Z, I, J, K>(
        self,
        name: &'static str,
        start: St,
        run: R,
        stop: Sp,
    ) -> Components<C, Then<List, St::State>, OfThreads>
    where
        St: Starts<X>,
        St::Needs: Found<List, I>,
        R: Runs<Y>,
        R::Needs: Found<Then<List, St::State>, J> + Shareable,
        Sp: Stops<St::State, Z>,
        Sp::Needs: Found<List, K>,
    {
        let bound: RunOne<_, OfThreads> = Box::new(|list| {
            let needs = R::Needs::find(list);
            Box::new(move || run.call(needs))
        });
        let part: Part<_, _, OfThreads> = Part {
            name,
            start: Box::new(|before, cleanup| {
                Box::pin(async move { start.call(St::Needs::find(before), cleanup) })
            }),
            run: R::IS_THERE.then_some(bound),
            stop: Box::new(|state, before| {
                Box::pin(async move { stop.call(state, Sp::Needs::find(before)) })
            }),
        };
        self.then(part)
    }

    /// Has a function called whenever that signal arrives while the `run`s run, as [`App::on`](crate::App::on). It takes
    /// references, in any order and found by their types, to what the components before it have made, the value of
    /// `main`'s body, and `Shutdown`.
    ///
    /// ```no_run
    /// use aplomb::{Absent, App, Components, signal::SIGHUP};
    ///
    /// # struct Cache;
    /// # impl Cache { fn start() -> Result<Self, String> { Ok(Cache) } fn clear(&self) {} }
    /// let components = Components::new()
    ///     .with("cache", Cache::start, Absent, Absent)
    ///     .on(SIGHUP, Cache::clear);
    /// App::components(components).main()
    /// ```
    pub fn on<F, Shape, Indices>(mut self, signal: i32, function: F) -> Self
    where
        F: Reacts<Shape>,
        F::Needs: Found<List, Indices> + Shareable,
    {
        let bind: callback::OfThread<List> = Box::new(move |list| {
            let needs = F::Needs::find(list);
            Box::new(move |_| function.call(needs))
        });
        self.callbacks.push((signal, bind));
        self
    }
}

impl<C: 'static, List: 'static> Components<C, List, OfTasks> {
    /// And then this one, as in an app of threads; each of the three is an `async fn`.
    pub fn with<St, R, Sp, X, Y, Z, I, J, K>(
        self,
        name: &'static str,
        start: St,
        run: R,
        stop: Sp,
    ) -> Components<C, Then<List, St::State>, OfTasks>
    where
        X: 'static,
        Y: 'static,
        Z: 'static,
        St: AsyncStarts<X>,
        St::Needs: Found<List, I>,
        R: AsyncRuns<Y>,
        R::Needs: Found<Then<List, St::State>, J>,
        Sp: AsyncStops<St::State, Z>,
        Sp::Needs: Found<List, K>,
    {
        let bound: RunOne<_, OfTasks> = Box::new(|list| Box::pin(run.call(R::Needs::find(list))));
        let part: Part<_, _, OfTasks> = Part {
            name,
            start: Box::new(|before, cleanup| {
                Box::pin(start.call(St::Needs::find(before), cleanup))
            }),
            run: R::IS_THERE.then_some(bound),
            stop: Box::new(|state, before| Box::pin(stop.call(state, Sp::Needs::find(before)))),
        };
        self.then(part)
    }

    /// Has an `async fn` called whenever that signal arrives while the `run`s run: beside them, in the same task, one at
    /// a time. Otherwise as in an app of threads.
    pub fn on<F, Shape, Indices>(mut self, signal: i32, function: F) -> Self
    where
        F: AsyncReacts<Shape>,
        F::Needs: Found<List, Indices>,
        Shape: 'static,
        Indices: 'static,
    {
        let shape = PhantomData::<fn() -> (Shape, Indices)>;
        let find = Box::new(callback::Shaped { function, shape });
        self.callbacks.push((signal, find));
        self
    }
}
