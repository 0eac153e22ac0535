//! Functions that a signal calls while the `run`s of the components run.

use std::marker::PhantomData;

use super::arity::{for_each_arity, list};
use super::list::Then;
use super::needs::{Found, Needs};
use super::phases::Whole;
use crate::failure::{Failure, MayFail};
use crate::phase::{Access, AsyncErased, Bound, Called, Erased, Shared};
use crate::shutdown::Shutdown;

/// A function that a signal may call in an app of components: it takes references to what it needs, and returns what
/// [`MayFail`].
#[diagnostic::on_unimplemented(
    message = "this function cannot be called by a signal in an app of components",
    label = "not a callback",
    note = "it takes, each by reference and found by its type: what the components have made, the value of `main`'s body, `Shutdown`; up to eight",
    note = "it returns `()`, or `Result<(), E>` where `E: Debug + 'static`",
    note = "an `async fn` is for an `async fn main`"
)]
pub trait Reacts<Shape>: Send + 'static {
    /// What it asks for.
    type Needs: Needs;

    #[doc(hidden)]
    fn call(&self, needs: <Self::Needs as Needs>::Refs<'_>) -> Result<(), Failure>;
}

/// An `async fn` that a signal may call in an async app of components: it takes references to what it needs, and
/// returns what [`MayFail`].
#[diagnostic::on_unimplemented(
    message = "this function cannot be called by a signal in an async app of components",
    label = "not an async callback",
    note = "with `async fn main` a callback is an `async fn`, too",
    note = "it takes, each by reference and found by its type: what the components have made, the value of `main`'s body, `Shutdown`; up to eight",
    note = "it returns `()`, or `Result<(), E>` where `E: Debug + 'static`"
)]
#[allow(
    async_fn_in_trait,
    reason = "components run on one thread and need not be `Send`"
)]
pub trait AsyncReacts<Shape>: Send + 'static {
    /// What it asks for.
    type Needs: Needs;

    #[doc(hidden)]
    async fn call(&self, needs: <Self::Needs as Needs>::Refs<'_>) -> Result<(), Failure>;
}

macro_rules! functions {
    ($($A:ident)*) => {
        impl<Function, R, $($A: 'static),*> Reacts<list!($($A)*)> for Function
        where
            Function: Fn($(&$A),*) -> R + Send + 'static,
            R: MayFail,
        {
            type Needs = list!($($A)*);

            #[allow(non_snake_case, reason = "a value and its type")]
            fn call(
                &self,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
            ) -> Result<(), Failure> {
                self($($A),*).into_result()
            }
        }

        impl<Function, R, $($A: 'static),*> AsyncReacts<list!($($A)*)> for Function
        where
            Function: AsyncFn($(&$A),*) -> R + Send + 'static,
            R: MayFail,
        {
            type Needs = list!($($A)*);

            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                &self,
                list!($($A)*): <Self::Needs as Needs>::Refs<'_>,
            ) -> Result<(), Failure> {
                self($($A),*).await.into_result()
            }
        }
    };
}
for_each_arity!(functions);

/// One in an app of threads, with a shape that no longer shows, and what it is to find what it needs in.
pub(crate) type OfThread<List> = Box<dyn for<'s> FnOnce(&'s List) -> Bound<'s> + Send>;

/// One in an async app, likewise.
pub(crate) type OfTask<List> = Box<dyn Find<List>>;

/// Finds what a callback needs.
#[doc(hidden)]
pub trait Find<List>: Send {
    fn call<'s>(&'s self, list: &'s List) -> Called<'s>;
}

/// Remembers the shape of a callback, and where it finds what it needs.
pub(super) struct Shaped<F, Shape> {
    pub(super) function: F,
    pub(super) shape: PhantomData<fn() -> Shape>,
}

impl<List, F, Shape, Indices> Find<List> for Shaped<F, (Shape, Indices)>
where
    F: AsyncReacts<Shape>,
    F::Needs: Found<List, Indices>,
    Shape: 'static,
{
    fn call<'s>(&'s self, list: &'s List) -> Called<'s> {
        Box::pin(self.function.call(F::Needs::find(list)))
    }
}

/// One that was there before the last component was.
pub(super) struct Lifted<Before>(pub(super) OfTask<Before>);

impl<Before: 'static, T> Find<Then<Before, T>> for Lifted<Before> {
    fn call<'s>(&'s self, list: &'s Then<Before, T>) -> Called<'s> {
        self.0.call(&list.before)
    }
}

/// As a callback of an app. Where not all have started there is nothing to be found, and `run` ends at once.
pub(crate) struct OfApp<Callback>(pub(crate) Callback);

impl<List: 'static> Erased<Whole<List>, Shared> for OfApp<OfThread<List>> {
    fn bind(self: Box<Self>, whole: <Shared as Access<Whole<List>>>::View<'_>) -> Bound<'_> {
        match whole.complete() {
            Some(list) => (self.0)(list),
            None => Box::new(|_| Ok(())),
        }
    }
}

impl<List: 'static> AsyncErased<Whole<List>, Shared> for OfApp<OfTask<List>> {
    fn call<'s>(&'s self, whole: &'s Whole<List>, _: &'s Shutdown) -> Called<'s> {
        match whole.complete() {
            Some(list) => self.0.call(list),
            None => Box::pin(async { Ok(()) }),
        }
    }
}
