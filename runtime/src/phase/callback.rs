//! Functions that a signal calls while `run` runs.

use super::{Access, Failure, MayFail, Shared, Shutdown, shape};

/// A callback together with what it may see of the state.
pub type Bound<'s> = Box<dyn FnMut(&Shutdown) -> Result<(), Failure> + Send + 's>;

/// A function that a signal may call, in an app whose state is `S` and whose `run` has this
/// [`Access`] to it: it takes, in this order and each optional, `&S` and `&Shutdown`, and returns what [`MayFail`].
#[diagnostic::on_unimplemented(
    message = "this function cannot be called by a signal in an app whose state is `{S}`",
    label = "not a callback",
    note = "a callback takes, in this order and each optional: `&{S}` and `&Shutdown`",
    note = "it returns `()`, or `Result<(), E>` where `E: Debug + 'static`",
    note = "it can take the state where `run` does not take `&mut {S}`, and the state is `Sync`"
)]
pub trait Callback<S: 'static, A: Access<S>, Shape>: Send + 'static {
    #[doc(hidden)]
    fn bind(self, view: A::View<'_>) -> Bound<'_>;
}

impl<S: 'static, A: Access<S>, F, R> Callback<S, A, shape::Nothing> for F
where
    F: Fn() -> R + Send + 'static,
    R: MayFail,
{
    fn bind(self, _: A::View<'_>) -> Bound<'_> {
        Box::new(move |_| self().into_result())
    }
}

impl<S: 'static, A: Access<S>, F, R> Callback<S, A, shape::Handle> for F
where
    F: Fn(&Shutdown) -> R + Send + 'static,
    R: MayFail,
{
    fn bind(self, _: A::View<'_>) -> Bound<'_> {
        Box::new(move |shutdown| self(shutdown).into_result())
    }
}

impl<S: Sync + 'static, F, R> Callback<S, Shared, shape::Value> for F
where
    F: Fn(&S) -> R + Send + 'static,
    R: MayFail,
{
    fn bind(self, state: <Shared as Access<S>>::View<'_>) -> Bound<'_> {
        Box::new(move |_| self(state).into_result())
    }
}

impl<S: Sync + 'static, F, R> Callback<S, Shared, shape::ValueHandle> for F
where
    F: Fn(&S, &Shutdown) -> R + Send + 'static,
    R: MayFail,
{
    fn bind(self, state: <Shared as Access<S>>::View<'_>) -> Bound<'_> {
        Box::new(move |shutdown| self(state, shutdown).into_result())
    }
}

/// Signals, and the callbacks that they call.
#[doc(hidden)]
pub type Registered<S, A> = Vec<(i32, Box<dyn Erased<S, A>>)>;

/// A callback whose shape no longer shows.
#[doc(hidden)]
pub trait Erased<S: 'static, A: Access<S>>: Send {
    fn bind(self: Box<Self>, view: A::View<'_>) -> Bound<'_>;
}

/// Remembers the shape of a callback.
struct Shaped<F, Shape> {
    function: F,
    shape: std::marker::PhantomData<fn() -> Shape>,
}

impl<S: 'static, A: Access<S>, F: Callback<S, A, Shape>, Shape> Erased<S, A> for Shaped<F, Shape> {
    fn bind(self: Box<Self>, view: A::View<'_>) -> Bound<'_> {
        self.function.bind(view)
    }
}

/// Forgets the shape of a callback.
pub(crate) fn erase<S, A, F, Shape>(function: F) -> Box<dyn Erased<S, A>>
where
    S: 'static,
    A: Access<S>,
    F: Callback<S, A, Shape>,
    Shape: 'static,
{
    Box::new(Shaped {
        function,
        shape: std::marker::PhantomData,
    })
}

/// A list of signals and their callbacks, as the attribute writes it: `((SIGHUP, reload), rest)`,
/// ending in `()`.
pub trait Callbacks<S: 'static, A: Access<S>, Shapes> {
    #[doc(hidden)]
    fn collect(self, into: &mut Registered<S, A>);
}

#[diagnostic::do_not_recommend]
impl<S: 'static, A: Access<S>> Callbacks<S, A, ()> for () {
    fn collect(self, _: &mut Registered<S, A>) {}
}

impl<S, A, F, Rest, Shape, Shapes> Callbacks<S, A, (Shape, Shapes)> for ((i32, F), Rest)
where
    S: 'static,
    A: Access<S>,
    F: Callback<S, A, Shape>,
    Shape: 'static,
    Rest: Callbacks<S, A, Shapes>,
{
    fn collect(self, into: &mut Registered<S, A>) {
        let ((signal, function), rest) = self;
        into.push((signal, erase(function)));
        rest.collect(into);
    }
}
