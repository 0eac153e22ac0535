//! Async functions that a signal calls while `run` runs.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use super::{Access, Failure, MayFail, Shared, Shutdown, shape};

/// What it is while it runs.
pub type Called<'s> = Pin<Box<dyn Future<Output = Result<(), Failure>> + 's>>;

/// An `async fn` that a signal may call, in an async app whose state is `S` and whose `run` has this
/// [`Access`] to it: it takes, in this order and each optional, `&S` and `&Shutdown`, and returns what [`MayFail`].
#[diagnostic::on_unimplemented(
    message = "this function cannot be called by a signal in an async app whose state is `{S}`",
    label = "not an async callback",
    note = "with `async fn main` a callback is an `async fn`, too; it takes, in this order and each optional: `&{S}` and `&Shutdown`",
    note = "it returns `()`, or `Result<(), E>` where `E: Debug + 'static`",
    note = "it can take the state where `run` does not take `&mut {S}`"
)]
pub trait AsyncCallback<S: 'static, A: Access<S>, Shape>: Send + 'static {
    #[doc(hidden)]
    fn call<'s>(&'s self, view: A::View<'s>, shutdown: &'s Shutdown) -> Called<'s>;
}

impl<S: 'static, A: Access<S>, F, R> AsyncCallback<S, A, shape::Nothing> for F
where
    F: AsyncFn() -> R + Send + 'static,
    R: MayFail,
{
    fn call<'s>(&'s self, _: A::View<'s>, _: &'s Shutdown) -> Called<'s> {
        Box::pin(async move { self().await.into_result() })
    }
}

impl<S: 'static, A: Access<S>, F, R> AsyncCallback<S, A, shape::Handle> for F
where
    F: AsyncFn(&Shutdown) -> R + Send + 'static,
    R: MayFail,
{
    fn call<'s>(&'s self, _: A::View<'s>, shutdown: &'s Shutdown) -> Called<'s> {
        Box::pin(async move { self(shutdown).await.into_result() })
    }
}

impl<S: 'static, F, R> AsyncCallback<S, Shared, shape::Value> for F
where
    F: AsyncFn(&S) -> R + Send + 'static,
    R: MayFail,
{
    fn call<'s>(&'s self, state: &'s S, _: &'s Shutdown) -> Called<'s> {
        Box::pin(async move { self(state).await.into_result() })
    }
}

impl<S: 'static, F, R> AsyncCallback<S, Shared, shape::ValueHandle> for F
where
    F: AsyncFn(&S, &Shutdown) -> R + Send + 'static,
    R: MayFail,
{
    fn call<'s>(&'s self, state: &'s S, shutdown: &'s Shutdown) -> Called<'s> {
        Box::pin(async move { self(state, shutdown).await.into_result() })
    }
}

/// Signals, and the callbacks that they call.
#[doc(hidden)]
pub type AsyncRegistered<S, A> = Vec<(i32, Box<dyn AsyncErased<S, A>>)>;

/// A callback whose shape no longer shows.
#[doc(hidden)]
pub trait AsyncErased<S: 'static, A: Access<S>>: Send {
    fn call<'s>(&'s self, view: A::View<'s>, shutdown: &'s Shutdown) -> Called<'s>;
}

/// Remembers the shape of a callback.
struct Shaped<F, Shape> {
    function: F,
    shape: PhantomData<fn() -> Shape>,
}

impl<S, A, F, Shape> AsyncErased<S, A> for Shaped<F, Shape>
where
    S: 'static,
    A: Access<S>,
    F: AsyncCallback<S, A, Shape>,
{
    fn call<'s>(&'s self, view: A::View<'s>, shutdown: &'s Shutdown) -> Called<'s> {
        self.function.call(view, shutdown)
    }
}

/// Forgets the shape of a callback.
pub(crate) fn erase_async<S, A, F, Shape>(function: F) -> Box<dyn AsyncErased<S, A>>
where
    S: 'static,
    A: Access<S>,
    F: AsyncCallback<S, A, Shape>,
    Shape: 'static,
{
    Box::new(Shaped {
        function,
        shape: PhantomData,
    })
}

/// A list of signals and their callbacks, as the attribute writes it: `((SIGHUP, reload), rest)`,
/// ending in `()`.
pub trait AsyncCallbacks<S: 'static, A: Access<S>, Shapes> {
    #[doc(hidden)]
    fn collect(self, into: &mut AsyncRegistered<S, A>);
}

#[diagnostic::do_not_recommend]
impl<S: 'static, A: Access<S>> AsyncCallbacks<S, A, ()> for () {
    fn collect(self, _: &mut AsyncRegistered<S, A>) {}
}

impl<S, A, F, Rest, Shape, Shapes> AsyncCallbacks<S, A, (Shape, Shapes)> for ((i32, F), Rest)
where
    S: 'static,
    A: Access<S>,
    F: AsyncCallback<S, A, Shape>,
    Shape: 'static,
    Rest: AsyncCallbacks<S, A, Shapes>,
{
    fn collect(self, into: &mut AsyncRegistered<S, A>) {
        let ((signal, function), rest) = self;
        into.push((signal, erase_async(function)));
        rest.collect(into);
    }
}
