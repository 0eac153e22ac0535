//! One parameter of a function, and all of them: each is found by its type.

use std::marker::PhantomData;

use super::list::{Changed, Has, List, NoBody, Seen, Sees, Taken, Undo, Whole};
use crate::phase::Cleanup;

/// What there is for a function when it is called: what others have made, the value that is its own, and where
/// `start` pushes what is to be undone.
#[allow(missing_debug_implementations, reason = "values of the user's")]
pub struct Given<'s, L: List, T> {
    before: L::View<'s>,
    own: Own<'s, T>,
    cleanup: Option<&'s mut Cleanup>,
}

/// The value that is a function's own, as far as its parameters have asked for it.
enum Own<'s, T> {
    Whole(&'s mut Option<T>),
    Seen(&'s T),
    Gone,
}

impl<'s, L: List, T> Given<'s, L, T> {
    pub(crate) fn new(before: L::View<'s>, own: Option<&'s mut Option<T>>) -> Self {
        Given {
            before,
            own: own.map_or(Own::Gone, Own::Whole),
            cleanup: None,
        }
    }

    pub(crate) fn with(self, cleanup: &'s mut Cleanup) -> Self {
        let cleanup = Some(cleanup);
        Given { cleanup, ..self }
    }

    /// What others may still look at.
    pub(crate) fn left(mut self) -> Option<&'s T> {
        self.see()
    }

    /// The value itself, where nobody has asked for it.
    pub(crate) fn taken(mut self) -> T {
        let own = self.whole().take();
        own.expect("a function has its own value")
    }

    fn see(&mut self) -> Option<&'s T> {
        let seen = match std::mem::replace(&mut self.own, Own::Gone) {
            Own::Whole(value) => value.as_ref()?,
            Own::Seen(value) => value,
            Own::Gone => return None,
        };
        self.own = Own::Seen(seen);
        Some(seen)
    }

    fn whole(&mut self) -> &'s mut Option<T> {
        match std::mem::replace(&mut self.own, Own::Gone) {
            Own::Whole(value) => value,
            Own::Seen(_) | Own::Gone => unreachable!("`Param` asks for it once"),
        }
    }
}

/// What `run` leaves of its state for `stop`.
pub trait Leaves {
    type ToStop: 'static;
}
impl<With> Leaves for (Whole, With) {
    type ToStop = Whole;
}
impl<With> Leaves for (Seen, With) {
    type ToStop = Whole;
}
impl<With> Leaves for (Changed, With) {
    type ToStop = Whole;
}
impl<With> Leaves for (Taken, With) {
    type ToStop = Taken;
}

/// The ways in which a function with these rights asks, one for each parameter: so what is left of the rights does not depend on the list, and
/// costs the compiler next to nothing.
pub trait Ways<Rights>: 'static {
    /// What is left of them.
    type Left;
}

impl<Rights> Ways<Rights> for () {
    type Left = Rights;
}

impl<Rights, Way: Ways<Rights>, Rest: Ways<Way::Left>> Ways<Rights> for (Way, Rest) {
    type Left = Rest::Left;
}

impl<Rights, Index: 'static> Ways<Rights> for Found<Index> {
    type Left = Rights;
}

impl<Own, With> Ways<(Own, With)> for Seen {
    type Left = (Seen, With);
}

impl<Own, With> Ways<(Own, With)> for Changed {
    type Left = (Changed, With);
}

impl<Own, With> Ways<(Own, With)> for Taken {
    type Left = (Taken, With);
}

impl<Own> Ways<(Own, Undo)> for Undo {
    type Left = (Own, ());
}

/// A type that a function may ask for in the way that is called `Way`, whoever has such a value.
pub trait Ask<Way> {
    type Item<'s>;
}

/// In the list, at this place.
#[derive(Debug)]
pub struct Found<Index>(PhantomData<Index>);

// With `?Sized` whoever asks for a `&str` is told that there is none, and of nothing else.
impl<A: ?Sized + 'static, Index> Ask<Found<Index>> for &A {
    type Item<'s> = &'s A;
}

impl<A: ?Sized + 'static> Ask<Seen> for &A {
    type Item<'s> = &'s A;
}

impl<A: ?Sized + 'static> Ask<Changed> for &mut A {
    type Item<'s> = &'s mut A;
}

impl<A: 'static> Ask<Taken> for A {
    type Item<'s> = A;
}

impl Ask<Undo> for &mut Cleanup {
    type Item<'s> = &'s mut Cleanup;
}

/// A parameter of a function whose own value is a `T`, and which sees what is in the list. `Rights` are what the parameters
/// before it have left.
#[diagnostic::on_unimplemented(
    message = "this function cannot ask for `{Self}`",
    label = "asks for `{Self}`",
    note = "functions find what they ask for by its type, in any order: `&Shutdown`; by `&` the value of `main`'s body, and what the components before this one have made; `start` also `&mut Cleanup`",
    note = "and the value of their own, which is `{T}` here: `start` that of `main`'s body, itself, where there are no components; `run` its state by `&`, or by `&mut` or itself where nobody else asks for it; `stop` its state, itself or by `&`",
    note = "what one asks for by `&mut`, or itself, is there for nobody else"
)]
pub trait Param<L: List, T, Rights, Way>: Ask<Way> {
    fn take<'s>(given: &mut Given<'s, L, T>) -> Self::Item<'s>;
}

// `do_not_recommend` keeps an error at the parameter, whichever of the ways has come closest.
#[diagnostic::do_not_recommend]
impl<L, T, Rights, A, Index> Param<L, T, Rights, Found<Index>> for &A
where
    L: Has<A, Index>,
    A: 'static,
{
    fn take<'s>(given: &mut Given<'s, L, T>) -> &'s A {
        L::get(given.before)
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T: 'static, Own: Sees, With> Param<L, T, (Own, With), Seen> for &T {
    fn take<'s>(given: &mut Given<'s, L, T>) -> &'s T {
        given.see().expect("a function has its own value")
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T: 'static, With> Param<L, T, (Whole, With), Changed> for &mut T {
    fn take<'s>(given: &mut Given<'s, L, T>) -> &'s mut T {
        let own = given.whole().as_mut();
        own.expect("a function has its own value")
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T: 'static, With> Param<L, T, (Whole, With), Taken> for T {
    fn take(given: &mut Given<'_, L, T>) -> T {
        let own = given.whole().take();
        own.expect("a function has its own value")
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, With> Param<L, (), (NoBody, With), Taken> for () {
    fn take(_: &mut Given<'_, L, ()>) {}
}

#[diagnostic::do_not_recommend]
impl<L: List, T, Own> Param<L, T, (Own, Undo), Undo> for &mut Cleanup {
    fn take<'s>(given: &mut Given<'s, L, T>) -> &'s mut Cleanup {
        let cleanup = given.cleanup.take();
        cleanup.expect("a `start` has one")
    }
}

/// All parameters of a function, as a list: `(&Database, (Config, ()))`.
pub trait Asks<W> {
    type Items<'s>;
}

impl Asks<()> for () {
    type Items<'s> = ();
}

impl<P: Ask<Way>, Way, Rest: Asks<W>, W> Asks<(Way, W)> for (P, Rest) {
    type Items<'s> = (P::Item<'s>, Rest::Items<'s>);
}

/// All of them are there: each takes what the ones before it have left.
pub trait Find<L: List, T, Rights, W>: Asks<W> {
    fn find<'s>(given: &mut Given<'s, L, T>) -> Self::Items<'s>;
}

impl<L: List, T, Rights> Find<L, T, Rights, ()> for () {
    fn find(_: &mut Given<'_, L, T>) {}
}

impl<L, T, Rights, P, Way, Rest, W> Find<L, T, Rights, (Way, W)> for (P, Rest)
where
    L: List,
    P: Param<L, T, Rights, Way>,
    Way: Ways<Rights>,
    Rest: Find<L, T, Way::Left, W>,
{
    fn find<'s>(given: &mut Given<'s, L, T>) -> Self::Items<'s> {
        let first = P::take(given);
        (first, Rest::find(given))
    }
}

/// Another thread may have all of them.
pub trait Shareable<W>: for<'s> Asks<W, Items<'s>: Send> {}

impl Shareable<()> for () {}

impl<A, Index, Rest, W> Shareable<(Found<Index>, W)> for (&A, Rest)
where
    A: Sync + 'static,
    Rest: Shareable<W>,
{
}

impl<A: Sync + 'static, Rest: Shareable<W>, W> Shareable<(Seen, W)> for (&A, Rest) {}

impl<A: Send + 'static, Rest: Shareable<W>, W> Shareable<(Changed, W)> for (&mut A, Rest) {}

impl<A: Send + 'static, Rest: Shareable<W>, W> Shareable<(Taken, W)> for (A, Rest) {}
