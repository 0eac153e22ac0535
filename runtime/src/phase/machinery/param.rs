//! The parameters of a function, each of which is found by its type.
//!
//! A *way* is how one parameter is found: [`Found`] in the list, [`Seen`], [`Changed`] or [`Taken`] of the function's
//! own value, or [`Undo`] for the `Cleanup`. *Rights* are what the parameters before it have left to ask for.

#![allow(
    single_use_lifetimes,
    reason = "the bound of `'s: 'c` is a use that the lint does not see"
)]

use std::marker::PhantomData;

use super::list::{Changed, Has, List, NoBody, Seen, Sees, Taken, Undo, Whole};
use crate::phase::Cleanup;
use crate::shutdown::Shutdown;

/// What a function can be given when it is called: what is in the list, its own value, and a `Cleanup`. Each parameter
/// takes its share, from the first to the last.
#[allow(missing_debug_implementations, reason = "values of the user's")]
pub struct Given<'s, L: List, T> {
    before: L::View<'s>,
    own: OwnValue<'s, T>,
    cleanup: Option<&'s mut Cleanup>,
}

/// A function's own value, and what its parameters have asked of it so far. The rights say the same at compile time, so
/// a parameter never meets a state in which it cannot be served.
enum OwnValue<'s, T> {
    /// No parameter has asked for the value. A parameter that takes the value leaves a `None` in its place.
    Whole(&'s mut Option<T>),
    /// A parameter has asked by `&`, so others may as well, but no longer by `&mut`.
    Seen(&'s T),
    /// A parameter has the value, itself or by `&mut`; or the function has no value of its own.
    Gone,
}

impl<'s, L: List, T> Given<'s, L, T> {
    pub(crate) fn new(before: L::View<'s>, own: Option<&'s mut Option<T>>) -> Self {
        Given {
            before,
            own: own.map_or(OwnValue::Gone, OwnValue::Whole),
            cleanup: None,
        }
    }

    pub(crate) fn with(self, cleanup: &'s mut Cleanup) -> Self {
        let cleanup = Some(cleanup);
        Given { cleanup, ..self }
    }

    /// What a function can be given whose own value is kept elsewhere, and only to be looked at.
    pub(crate) fn with_seen(before: L::View<'s>, own: &'s T) -> Self {
        Given {
            before,
            own: OwnValue::Seen(own),
            cleanup: None,
        }
    }

    /// The own value, if the rights that are left let others look at it.
    pub(crate) fn left(mut self) -> Option<&'s T> {
        self.see()
    }

    /// The own value, out of the place where it is kept. No parameter may have asked for it before.
    pub(crate) fn taken(mut self) -> T {
        let own = self.whole().take();
        own.expect("a function has its own value")
    }

    /// The own value, out of the place where it is kept, if it is there. No parameter has asked for it before.
    pub(crate) fn into_own(self) -> Option<T> {
        match self.own {
            OwnValue::Whole(value) => value.take(),
            OwnValue::Seen(_) | OwnValue::Gone => None,
        }
    }

    /// The handle of the app.
    pub(crate) fn handle(&self) -> &'s Shutdown {
        L::handle(self.before)
    }

    fn see(&mut self) -> Option<&'s T> {
        // The replacement moves the `&mut` out: only so can it become a `&` that lives as long as `'s`.
        let seen = match std::mem::replace(&mut self.own, OwnValue::Gone) {
            OwnValue::Whole(value) => value.as_ref()?,
            OwnValue::Seen(value) => value,
            OwnValue::Gone => return None,
        };
        self.own = OwnValue::Seen(seen);
        Some(seen)
    }

    fn whole(&mut self) -> &'s mut Option<T> {
        match std::mem::replace(&mut self.own, OwnValue::Gone) {
            OwnValue::Whole(value) => value,
            OwnValue::Seen(_) | OwnValue::Gone => unreachable!("`Param` asks for it once"),
        }
    }
}

/// The right that `stop` has to the state, for the rights that `run` leaves. When `stop` begins, `run` has ended: what
/// `run` has only borrowed is whole again.
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

/// A way, or a list of them, one for each parameter: `(Seen, (Found<Last>, ()))`. `Left` is what remains of the rights
/// behind them.
///
/// This looks at the ways alone, and neither at the list nor at the types of the parameters. So the compiler computes
/// `Left` without a search, which costs next to nothing.
pub trait Ways<Rights>: 'static {
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

/// The type of a parameter that is found in this way, `&'x A` for some lifetime `'x`. `Item<'s>` is the same type for
/// the lifetime that the call has: `&'s A`.
pub trait Ask<Way> {
    type Item<'s>;
}

/// A way: the parameter is a reference to what is in the list, at this place.
#[derive(Debug)]
pub struct Found<Index>(PhantomData<Index>);

// A function that asks for a `&str` meets one error, that there is none. Without `?Sized` rustc would also say that the
// size of `str` is not known.
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

/// A parameter of a function whose own value is a `T`, which is found in the list `L` or as that value. `Rights` are
/// what the parameters before it have left. The compiler infers `Way`: it is the only one for which there is an
/// implementation.
#[diagnostic::on_unimplemented(
    message = "this function cannot ask for `{Self}`",
    label = "asks for `{Self}`",
    note = "functions find what they ask for by its type, in any order: `&Shutdown`; by `&` the value of `main`'s body, and what the components before this one have made; `start` also `&mut Cleanup`",
    note = "and the value of their own, which is `{T}` here: `start` that of `main`'s body, itself or by `&mut`, where there are no components; `run` its state by `&`, or by `&mut` or itself where nobody else asks for it; `stop` its state, itself, by `&` or by `&mut`; a signal's function its `&Signal`",
    note = "what one asks for by `&mut`, or itself, is there for nobody else; so a signal's function, which is called while `run` goes on, asks by `&` alone: keep what it changes in a `Mutex` or an atomic"
)]
pub trait Param<L: List, T, Rights, Way>: Ask<Way> {
    fn take<'s>(given: &mut Given<'s, L, T>) -> Self::Item<'s>;

    /// Makes of an item the one for one of several calls, each of which has an own value to look at.
    fn again<'c, 's: 'c>(item: Self::Item<'s>, own: &'c T) -> Self::Item<'c>;
}

// Where no way fits, rustc would tell of the implementation that comes closest. With `do_not_recommend` it shows the
// message above.
#[diagnostic::do_not_recommend]
impl<L, T, Rights, A, Index> Param<L, T, Rights, Found<Index>> for &A
where
    L: Has<A, Index>,
    A: 'static,
{
    fn take<'s>(given: &mut Given<'s, L, T>) -> &'s A {
        L::get(given.before)
    }

    fn again<'c, 's: 'c>(item: &'s A, _: &'c T) -> &'c A {
        item
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T: 'static, Own: Sees, With> Param<L, T, (Own, With), Seen> for &T {
    fn take<'s>(given: &mut Given<'s, L, T>) -> &'s T {
        given.see().expect("a function has its own value")
    }

    fn again<'c, 's: 'c>(_: &'s T, own: &'c T) -> &'c T {
        own
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T: 'static, With> Param<L, T, (Whole, With), Changed> for &mut T {
    fn take<'s>(given: &mut Given<'s, L, T>) -> &'s mut T {
        let own = given.whole().as_mut();
        own.expect("a function has its own value")
    }

    fn again<'c, 's: 'c>(item: &'s mut T, _: &'c T) -> &'c mut T {
        item
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, T: 'static, With> Param<L, T, (Whole, With), Taken> for T {
    fn take(given: &mut Given<'_, L, T>) -> T {
        let own = given.whole().take();
        own.expect("a function has its own value")
    }

    fn again<'c, 's: 'c>(item: T, _: &'c T) -> T {
        item
    }
}

#[diagnostic::do_not_recommend]
impl<L: List, With> Param<L, (), (NoBody, With), Taken> for () {
    fn take(_: &mut Given<'_, L, ()>) {}

    fn again<'c, 's: 'c>((): (), (): &'c ()) {}
}

#[diagnostic::do_not_recommend]
impl<L: List, T, Own> Param<L, T, (Own, Undo), Undo> for &mut Cleanup {
    fn take<'s>(given: &mut Given<'s, L, T>) -> &'s mut Cleanup {
        let cleanup = given.cleanup.take();
        cleanup.expect("a `start` has one")
    }

    fn again<'c, 's: 'c>(item: &'s mut Cleanup, _: &'c T) -> &'c mut Cleanup {
        item
    }
}

/// All parameters of a function, as a list: `(&Database, (Config, ()))`. `AllWays` has one way for each of them, and
/// `Items<'s>` are their types for the lifetime that the call has.
pub trait Asks<AllWays> {
    type Items<'s>;
}

impl Asks<()> for () {
    type Items<'s> = ();
}

impl<P: Ask<Way>, Way, Rest: Asks<RestWays>, RestWays> Asks<(Way, RestWays)> for (P, Rest) {
    type Items<'s> = (P::Item<'s>, Rest::Items<'s>);
}

/// All parameters are found. Each is served from what the parameters before it have left.
pub trait Find<L: List, T, Rights, AllWays>: Asks<AllWays> {
    fn find<'s>(given: &mut Given<'s, L, T>) -> Self::Items<'s>;

    /// Makes of what was found that for one of several calls, each of which has an own value to look at.
    fn again<'c, 's: 'c>(items: Self::Items<'s>, own: &'c T) -> Self::Items<'c>;
}

impl<L: List, T, Rights> Find<L, T, Rights, ()> for () {
    fn find(_: &mut Given<'_, L, T>) {}

    fn again<'c, 's: 'c>((): (), _: &'c T) {}
}

impl<L, T, Rights, P, Way, Rest, RestWays> Find<L, T, Rights, (Way, RestWays)> for (P, Rest)
where
    L: List,
    P: Param<L, T, Rights, Way>,
    Way: Ways<Rights>,
    Rest: Find<L, T, Way::Left, RestWays>,
{
    fn find<'s>(given: &mut Given<'s, L, T>) -> Self::Items<'s> {
        let first = P::take(given);
        (first, Rest::find(given))
    }

    fn again<'c, 's: 'c>((first, rest): Self::Items<'s>, own: &'c T) -> Self::Items<'c> {
        (P::again(first, own), Rest::again(rest, own))
    }
}

/// Parameters whose values may go to another thread: what is asked for by `&` is `Sync`, what by `&mut` or by value is
/// `Send`.
///
/// The bound `Items<'s>: Send` is about all lifetimes. There is one implementation for each way, which proves it from
/// what it demands of the type `A` alone.
pub trait Shareable<AllWays>: for<'s> Asks<AllWays, Items<'s>: Send> {}

impl Shareable<()> for () {}

impl<A, Index, Rest, RestWays> Shareable<(Found<Index>, RestWays)> for (&A, Rest)
where
    A: Sync + 'static,
    Rest: Shareable<RestWays>,
{
}

impl<A, Rest, RestWays> Shareable<(Seen, RestWays)> for (&A, Rest)
where
    A: Sync + 'static,
    Rest: Shareable<RestWays>,
{
}

impl<A, Rest, RestWays> Shareable<(Changed, RestWays)> for (&mut A, Rest)
where
    A: Send + 'static,
    Rest: Shareable<RestWays>,
{
}

impl<A, Rest, RestWays> Shareable<(Taken, RestWays)> for (A, Rest)
where
    A: Send + 'static,
    Rest: Shareable<RestWays>,
{
}
