//! The table of shapes: how many parameters a function has, and whether it is called or awaited.
//!
//! A function is read twice. [`Function`] reads its types for *some* lifetimes, which gives one answer, from which
//! everything else is inferred. [`Callable`] then proves that the function can be called with what its parameters ask
//! for, for *all* lifetimes. One bound cannot do both: the second one is written with the projection `Item<'s>`, from
//! which the compiler infers no type.

use std::future::Future;

use super::kind::{Awaited, Called};
use super::list::{Changed, Seen, Taken, Undo};
use super::param::{Ask, Asks, Found};
use crate::unwind::__rust_begin_short_backtrace;

/// A function as it is written: the list of its parameters, and what it returns. An `async fn` returns a future.
pub trait Function<Params, Output> {}

/// The parameters of a function `F` that can be called, or called and awaited, with what they ask for, for *all*
/// lifetimes. `Made` is what comes of it: the output, or that of the future.
pub trait Callable<F, AllWays, Mode, Made>: Asks<AllWays> {
    fn call(function: F, items: Self::Items<'_>) -> impl Future<Output = Made>;
}

impl<F, AllWays, Mode, Made, Params: Asks<AllWays>> Callable<F, AllWays, Mode, Made> for Params
where
    AllWays: Known<Params, F, AllWays, Mode, Made>,
{
    fn call(function: F, items: Self::Items<'_>) -> impl Future<Output = Made> {
        AllWays::call(function, items)
    }
}

/// The ways that the compiler has still to look at, out of `AllWays`, before it looks at the function.
///
/// The implementations only lead from `(Way, Rest)` to `Rest`, and at the end to [`Calls`] or [`Awaits`]. So the
/// compiler cannot look at the function before it knows each way. While a way is open, so is the type of an item. The
/// compiler would compare that type with what a generic or opaque function (`F: FnOnce(&State)`, `impl FnOnce(&State)`)
/// says of itself, and refuse the function for good.
pub trait Known<Params: Asks<AllWays>, F, AllWays, Mode, Made> {
    fn call(function: F, items: Params::Items<'_>) -> impl Future<Output = Made>;
}

macro_rules! known {
    ($($Way:ty $(where $Index:ident)?),*) => {$(
        impl<Params, F, AllWays, Mode, Made, Rest $(, $Index)?> Known<Params, F, AllWays, Mode, Made> for ($Way, Rest)
        where
            Params: Asks<AllWays>,
            Rest: Known<Params, F, AllWays, Mode, Made>,
        {
            fn call(function: F, items: Params::Items<'_>) -> impl Future<Output = Made> {
                Rest::call(function, items)
            }
        }
    )*};
}
known!(Found<Index> where Index, Seen, Changed, Taken, Undo);

impl<Params, F, AllWays, Made> Known<Params, F, AllWays, Called, Made> for ()
where
    Params: Calls<F, AllWays, Made>,
{
    fn call(function: F, items: Params::Items<'_>) -> impl Future<Output = Made> {
        Params::call(function, items)
    }
}

impl<Params, F, AllWays, Made> Known<Params, F, AllWays, Awaited, Made> for ()
where
    Params: Awaits<F, AllWays, Made>,
{
    fn call(function: F, items: Params::Items<'_>) -> impl Future<Output = Made> {
        Params::call(function, items)
    }
}

/// Parameters with which the function `F` is called.
#[diagnostic::on_unimplemented(
    message = "this function cannot be called with what it asks for",
    label = "cannot be called",
    note = "what it takes by reference it has to take for any lifetime: `&State`, and not `&'static State`"
)]
pub trait Calls<F, AllWays, Made>: Asks<AllWays> {
    fn call(function: F, items: Self::Items<'_>) -> impl Future<Output = Made>;
}

/// Parameters with which the function `F` is called, after which what it returns is awaited.
#[diagnostic::on_unimplemented(
    message = "this function of an async app is not an `async fn`",
    label = "not an `async fn`",
    note = "with `async fn main` every `run` and every signal's function is an `async fn`; what blocks belongs in `tokio::task::spawn_blocking`"
)]
pub trait Awaits<F, AllWays, Made>: Asks<AllWays> {
    fn call(function: F, items: Self::Items<'_>) -> impl Future<Output = Made>;
}

/// `list!(A B)` is `(A, (B, ()))`: a type, or a pattern or a value with these names.
macro_rules! list {
    () => { () };
    ($first:ident $($rest:ident)*) => { ($first, list!($($rest)*)) };
}

/// The call itself. The standard library's backtraces are to end at the user's function: for a function that is called,
/// this frame sees to that; the future of an `async fn` is polled from such a frame (`unwind::Contained`).
macro_rules! call {
    (Calls $call:expr) => {
        __rust_begin_short_backtrace(move || $call)
    };
    (Awaits $call:expr) => {
        $call.await
    };
}

/// What a function with these parameters can be: one implementation of [`Function`], one of [`Calls`] and one of
/// [`Awaits`].
macro_rules! shape {
    ($($P:ident $Way:ident)*) => {
        impl<F: FnOnce($($P),*) -> R, R, $($P: 'static),*> Function<list!($($P)*), R> for F {}
        shape!(Calls: FnOnce $($P $Way)*);
        shape!(Awaits: AsyncFnOnce $($P $Way)*);
    };
    ($Trait:ident: $Fn:ident $($P:ident $Way:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<F, R, $($P, $Way),*> $Trait<F, list!($($Way)*), R> for list!($($P)*)
        where
            F: for<'s> $Fn($($P::Item<'s>),*) -> R,
            $($P: Ask<$Way>,)*
        {
            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                function: F,
                list!($($P)*): <Self as Asks<list!($($Way)*)>>::Items<'_>,
            ) -> R {
                call!($Trait function($($P),*))
            }
        }
    };
}

/// One shape for each number of parameters, from those that are named down to none.
macro_rules! shapes {
    () => { shape!(); };
    ($P:ident $Way:ident $($rest:ident)*) => {
        shape!($P $Way $($rest)*);
        shapes!($($rest)*);
    };
}
shapes!(A WayA B WayB C WayC D WayD E WayE G WayG H WayH I WayI);
