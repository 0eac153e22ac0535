//! What there is to ask for: a list that exists for the compiler alone, which looks into it by type.

use std::marker::PhantomData;

use super::kind::Kind;
use crate::shutdown::Shutdown;

/// A list of the values that functions may look at: what an [`App`](crate::App) has for its parameter.
///
/// The compiler makes it. A function that returns an app leaves it open:
///
/// ```
/// use aplomb::phase::List;
/// use aplomb::{Absent, App, Shutdown};
///
/// fn app() -> App<impl List> {
///     App::new(Absent, |shutdown: &Shutdown| shutdown.wait(), Absent)
/// }
/// # let _ = app;
/// ```
pub trait List: 'static {
    #[doc(hidden)]
    type Kind: Kind;
    // A reference to each value. Those that are not there yet, or are not to be seen, are `None`.
    #[doc(hidden)]
    type View<'s>: Copy;
}

/// The beginning of each list: the handle.
#[derive(Debug)]
pub struct Base<K>(PhantomData<K>);

/// The values before this one, and then this one. `Left` says what its own functions leave of it to others.
#[derive(Debug)]
pub struct Then<Before, T, Left>(PhantomData<(Before, T, Left)>);

/// The handle, and the value of `main`'s body.
pub type Main<K, C, Left> = Then<Base<K>, C, Left>;

/// Nobody has asked for the value yet.
#[derive(Debug)]
pub enum Whole {}
/// The value has been asked for by `&`, and others may look at it as well.
#[derive(Debug)]
pub enum Seen {}
/// The value has been asked for by `&mut`.
#[derive(Debug)]
pub enum Changed {}
/// The value has been asked for itself.
#[derive(Debug)]
pub enum Taken {}

/// In place of the value of its own, of a function that has none.
#[derive(Debug)]
pub enum Nothing {}

/// There is a [`Cleanup`].
#[derive(Debug)]
pub enum Undo {}
/// The value is a component's, or that of `main`'s body before components.
#[derive(Debug)]
pub enum Many {}

/// The value is the `()` in the place of that of a body, where `main` has none. It may be asked for itself, but by `&` nobody
/// sees it: a `&()` is the state, where that is one.
#[derive(Debug)]
pub enum NoBody {}

/// What is left of a value may be looked at.
pub trait Sees {}
impl Sees for Whole {}
impl Sees for Seen {}

impl<K: Kind> List for Base<K> {
    type Kind = K;
    type View<'s> = &'s Shutdown;
}

impl<Before: List, T: 'static, Left: 'static> List for Then<Before, T, Left> {
    type Kind = Before::Kind;
    type View<'s> = (Before::View<'s>, Option<&'s T>);
}

/// How the `run` of a component is called that is added to this list.
pub type Runs<L> = <<L as List>::Kind as Kind>::Runs;

/// How a signal's function is called, in an app with this list.
pub type Signals<L> = <<L as List>::Kind as Kind>::OnSignal;

/// A list of components, to which others can be added.
#[diagnostic::on_unimplemented(
    message = "only an app of components has further ones",
    note = "begin with `App::components()`, and make the phases a component"
)]
pub trait Components: List {}

impl<Before, T, Own> Components for Then<Before, T, (Own, Many)> where Self: List {}

/// A list with a `T` in it that may be seen. `Index` says where; the compiler infers it.
pub trait Has<T, Index>: List {
    fn get(view: Self::View<'_>) -> &T;
}

/// The last place of a list.
#[derive(Debug)]
pub enum Last {}

/// A place before the last one.
#[derive(Debug)]
pub struct Earlier<Index>(PhantomData<Index>);

impl<K: Kind> Has<Shutdown, Last> for Base<K> {
    fn get(view: Self::View<'_>) -> &Shutdown {
        view
    }
}

impl<Before, T, Own, With> Has<T, Last> for Then<Before, T, (Own, With)>
where
    Before: List,
    T: 'static,
    Own: Sees + 'static,
    With: 'static,
{
    fn get((_, value): Self::View<'_>) -> &T {
        value.expect("only what has started is looked at")
    }
}

impl<Before, T, Left, A, Index> Has<A, Earlier<Index>> for Then<Before, T, Left>
where
    Before: Has<A, Index>,
    T: 'static,
    Left: 'static,
{
    fn get((before, _): Self::View<'_>) -> &A {
        Before::get(before)
    }
}
