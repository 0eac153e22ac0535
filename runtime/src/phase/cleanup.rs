//! What undoes a `start`, step by step.

use std::fmt;
use std::fmt::Debug;
use std::future::Future;
use std::pin::{Pin, pin};

use crate::error::{CallbackOutput, Failure};
use crate::shield::bounded;
use crate::shutdown::{Activity, Shutdown};
use crate::status::End;
use crate::stragglers::Place;
use crate::unwind::{Contained, flatten_end, judge};

/// Undoes what `start` has done: step by step, the last first.
///
/// `start` may ask for a `&mut Cleanup`. For each thing that it acquires, it pushes a function that gives the thing
/// back. If `start` fails or panics later, these functions are called. If all goes well, they are called when `stop`
/// has run. Each is called even if another one has failed or panicked. All of this happens inside the shield of `stop`,
/// within `timeout(stop = …)`. A step that takes long is named, with the place where it was pushed.
///
/// The steps do not learn whether `start` has failed. A step that is for that case alone has to find out by itself, for
/// example by a flag that `start` sets at its end.
///
/// ```no_run
/// use aplomb::{Cleanup, app};
/// use std::{fs, io, path::PathBuf};
///
/// fn start(cleanup: &mut Cleanup) -> io::Result<()> {
///     let lock = PathBuf::from("/tmp/example.lock");
///     fs::File::create_new(&lock)?;
///     cleanup.push("lock file", lock, fs::remove_file);
///     may_fail()?; // if it does, the lock file is removed
///     Ok(())
/// }
/// # fn may_fail() -> io::Result<()> { Ok(()) }
///
/// #[app(start)]
/// fn main() {}
/// ```
#[derive(Default)]
pub struct Cleanup {
    steps: Vec<Step>,
}

struct Step {
    name: &'static str,
    /// Where it was pushed.
    place: Place,
    undo: Box<dyn FnOnce() -> Undoing>,
}

/// What calling `undo` has led to.
enum Undoing {
    /// A function has returned: the step is undone, or that has failed.
    Ended(Result<(), Failure>),
    /// An `async fn` has returned its future, which is to be awaited.
    Awaited(Pin<Box<dyn Future<Output = Result<(), Failure>>>>),
}

impl Cleanup {
    pub(crate) fn new() -> Self {
        Cleanup::default()
    }

    /// Remembers how to undo a step: by calling `undo` with `value`.
    ///
    /// `undo` returns `()` or a `Result<(), E>`. An `Err` is printed with the step's `name`, and leads to the exit
    /// status 1; a panic leads to 101. An `Err(Cancelled)` is a failure here, too, since the step is not undone.
    ///
    /// ```
    /// # use aplomb::Cleanup;
    /// # use std::{fs, path::PathBuf};
    /// # fn start(cleanup: &mut Cleanup, folder: PathBuf) {
    /// cleanup.push("folder", folder, fs::remove_dir_all);
    /// # }
    /// ```
    #[track_caller]
    pub fn push<T, R>(&mut self, name: &'static str, value: T, undo: impl FnOnce(T) -> R + 'static)
    where
        T: 'static,
        R: CallbackOutput,
    {
        let undo = move || Undoing::Ended(undo(value).into_result());
        self.steps.push(Step {
            name,
            place: Place::of_caller(),
            undo: Box::new(undo),
        });
    }

    /// Remembers how to undo a step of an async app: by calling the `async fn` `undo` with `value`, and awaiting it.
    ///
    /// What the function may return, and what an `Err` or a panic leads to, is as for [`push`](Cleanup::push).
    ///
    /// ```no_run
    /// # use aplomb::{Cleanup, Shutdown};
    /// # struct Pool;
    /// # impl Pool {
    /// #     async fn connect() -> Result<Self, String> { Ok(Pool) }
    /// #     async fn close(self) {}
    /// #     async fn migrate(&self) -> Result<(), String> { Ok(()) }
    /// #     fn clone(&self) -> Self { Pool }
    /// # }
    /// async fn start(cleanup: &mut Cleanup) -> Result<(), String> {
    ///     let pool = Pool::connect().await?;
    ///     cleanup.push_async("pool", pool.clone(), Pool::close);
    ///     pool.migrate().await // if it fails, the pool is closed
    /// }
    /// ```
    #[track_caller]
    pub fn push_async<T, R>(
        &mut self,
        name: &'static str,
        value: T,
        undo: impl AsyncFnOnce(T) -> R + 'static,
    ) where
        T: 'static,
        R: CallbackOutput,
    {
        let undo = async move || undo(value).await.into_result();
        self.steps.push(Step {
            name,
            place: Place::of_caller(),
            undo: Box::new(move || Undoing::Awaited(Box::pin(undo()))),
        });
    }

    /// Undoes all steps, the last first, and returns the worst of their ends. `component` is the name of the component
    /// that they belong to, if there are components.
    pub(crate) async fn undo(
        &mut self,
        component: Option<&'static str>,
        shutdown: &Shutdown,
    ) -> End {
        let mut end = End::Done;
        while let Some(step) = self.steps.pop() {
            let Step { name, place, undo } = step;
            let _ongoing = shutdown.begin_activity(Activity::Undo {
                name,
                place,
                component,
            });
            let undoing = async {
                let undone = match undo() {
                    Undoing::Ended(undone) => undone,
                    Undoing::Awaited(undoing) => undoing.await,
                };
                let named = |failure: Failure| failure.of(format!("cannot undo `{name}`"));
                undone.map(|()| End::Done).map_err(named)
            };
            let undone = Contained(pin!(Some(bounded(undoing))).as_mut()).await;
            // `false`: elsewhere an `Err(Cancelled)` after a request is no failure, but here something is not undone.
            end = end.and(flatten_end(judge(undone, false)));
        }
        end
    }
}

impl Debug for Cleanup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.steps.iter().map(|step| step.name);
        f.debug_list().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wake::block_on;
    use std::cell::RefCell;
    use std::future::poll_fn;
    use std::rc::Rc;
    use std::task::Poll;

    #[test]
    fn undoes_in_reverse_and_goes_on_after_a_failure() {
        let log = Rc::new(RefCell::new(Vec::new()));
        let (mut cleanup, shutdown) = (Cleanup::new(), Shutdown::new());
        for name in ["one", "two", "three"] {
            let log = Rc::clone(&log);
            cleanup.push(name, name, move |name| {
                log.borrow_mut().push(name);
                if name == "two" {
                    Err("two fails")
                } else {
                    Ok(())
                }
            });
        }
        assert_eq!(block_on(cleanup.undo(None, &shutdown)), End::Failed);
        assert_eq!(*log.borrow(), ["three", "two", "one"]);
        assert_eq!(block_on(cleanup.undo(None, &shutdown)), End::Done);
        assert_eq!(log.borrow().len(), 3);
    }

    #[test]
    fn awaits_what_is_async() {
        let log = Rc::new(RefCell::new(Vec::new()));
        let (mut cleanup, shutdown) = (Cleanup::new(), Shutdown::new());
        for name in ["one", "two"] {
            cleanup.push_async(
                name,
                Rc::clone(&log),
                async move |log: Rc<RefCell<Vec<_>>>| {
                    let mut yielded = false;
                    poll_fn(|context| {
                        context.waker().wake_by_ref();
                        if std::mem::replace(&mut yielded, true) {
                            Poll::Ready(())
                        } else {
                            Poll::Pending
                        }
                    })
                    .await;
                    log.borrow_mut().push(name);
                    if name == "two" {
                        Err("two fails")
                    } else {
                        Ok(())
                    }
                },
            );
        }
        assert_eq!(block_on(cleanup.undo(None, &shutdown)), End::Failed);
        assert_eq!(*log.borrow(), ["two", "one"]);
    }
}
