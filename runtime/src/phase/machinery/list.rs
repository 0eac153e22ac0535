//! The list of the values that a function may look at. The list is a type, which the compiler searches; no program
//! builds one.

use std::marker::PhantomData;

use super::kind::Kind;
use crate::shutdown::Shutdown;

/// A list of the values that functions may look at. The parameter of an [`App`](crate::App) is such a list.
///
/// The compiler infers the list. A function that returns an app leaves it open:
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
    // A reference to each value. A value that does not exist yet, or that nobody else may see, is a `None`.
    #[doc(hidden)]
    type View<'s>: Copy;

    /// The handle, which is in every list.
    #[doc(hidden)]
    fn handle(view: Self::View<'_>) -> &Shutdown;
}

/// The shortest list: the [`Shutdown`] handle alone. `K` is the [`Kind`] of the app.
#[derive(Debug)]
pub struct Base<K>(PhantomData<K>);

/// The list `Before`, with a `T` behind it. `Left` are the rights that the functions to which the `T` belongs leave of
/// it: they say whether others may look at it.
#[derive(Debug)]
pub struct Then<Before, T, Left>(PhantomData<(Before, T, Left)>);

/// The handle, and the value of `main`'s body, a `C`.
pub type Main<K, C, Left> = Then<Base<K>, C, Left>;

// Rights are a pair, such as `(Whole, Undo)`. The next four types, and `NoBody`, are the first half: what has been done
// with a function's own value so far. `Undo`, `Many` and `()` are the second half. `Seen`, `Changed`, `Taken` and
// `Undo` are ways as well, in which a parameter is found: the way `Taken` leaves `Taken` as the first half.

/// No parameter has asked for the value so far.
#[derive(Debug)]
pub enum Whole {}
/// A parameter has asked for the value by `&`. Others may look at it as well.
#[derive(Debug)]
pub enum Seen {}
/// A parameter has asked for the value by `&mut`. Nobody else may ask for it.
#[derive(Debug)]
pub enum Changed {}
/// A parameter has asked for the value by value. Nobody else may ask for it.
#[derive(Debug)]
pub enum Taken {}

/// The type of the own value of a function that has none. The rights are `Taken` there, so no parameter finds such a
/// value.
#[derive(Debug)]
pub enum Nothing {}

/// The function may ask for a [`Cleanup`](crate::Cleanup). As a way: the parameter is one.
#[derive(Debug)]
pub enum Undo {}
/// The value belongs to a component, or is that of a body of `main` that components follow.
#[derive(Debug)]
pub enum Many {}

/// The value is a `()`, which stands for the value of a body that `main` does not have. A `start` may take it by value,
/// so that `fn start(_: ())` can be called. Nobody finds it by `&`: a `&()` is the state then, where the state is a
/// `()`.
#[derive(Debug)]
pub enum NoBody {}

/// These rights allow to look at the value. That is so until a parameter has asked for it by `&mut` or by value.
pub trait Sees {}
impl Sees for Whole {}
impl Sees for Seen {}

impl<K: Kind> List for Base<K> {
    type Kind = K;
    type View<'s> = &'s Shutdown;

    fn handle(view: Self::View<'_>) -> &Shutdown {
        view
    }
}

impl<Before: List, T: 'static, Left: 'static> List for Then<Before, T, Left> {
    type Kind = Before::Kind;
    type View<'s> = (Before::View<'s>, Option<&'s T>);

    fn handle((before, _): Self::View<'_>) -> &Shutdown {
        Before::handle(before)
    }
}

/// The place where the `run` of a component runs, in an app with this list.
pub type Runs<L> = <<L as List>::Kind as Kind>::Runs;

/// The place where a signal's function runs, in an app with this list.
pub type Signals<L> = <<L as List>::Kind as Kind>::OnSignal;

/// A list to which a component can be added. The list of a plain app is none: its last value has no `Many`.
#[diagnostic::on_unimplemented(
    message = "only an app of components has further ones",
    note = "begin with `App::components()`, and make the phases a component"
)]
pub trait Components: List {}

impl<Before, T, Own> Components for Then<Before, T, (Own, Many)> where Self: List {}

/// A list with a `T` in it at which others may look.
///
/// `Index` is the place, which the compiler infers. Without it the two implementations for [`Then`] would overlap,
/// since its value may be a `T` while `Before` has a `T`, too. With it they are different traits, and a `T` at two
/// places is ambiguous only for a function that asks for one.
pub trait Has<T, Index>: List {
    fn get(view: Self::View<'_>) -> &T;
}

/// A place: the last one of a list.
#[derive(Debug)]
pub enum Last {}

/// A place: `Index` in the list without its last value. The second last place is `Earlier<Last>`.
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
