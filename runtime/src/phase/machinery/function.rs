//! The table of shapes: how many parameters a function has, and whether it is called or awaited.

use std::future::Future;

use super::kind::{Awaited, Called};
use super::list::{Changed, Seen, Taken, Undo};
use super::param::{Ask, Asks, Found};
use crate::unwind::__rust_begin_short_backtrace;

/// A function, as it is written: what it takes and what it returns. Of an `async fn` that is a future.
///
/// This reads the function for *some* lifetimes. So there is one reading of each function, and nothing to be ambiguous about.
pub trait Function<Params, Output> {}

/// The parameters of a function `F` that can be called, or called and awaited, with what they ask for, for *all* lifetimes.
pub trait Callable<F, W, Mode, Made>: Asks<W> {
    fn call(function: F, items: Self::Items<'_>) -> impl Future<Output = Made>;
}

impl<F, W, Mode, Made, P: Asks<W>> Callable<F, W, Mode, Made> for P
where
    W: Known<P, F, W, Mode, Made>,
{
    fn call(function: F, items: Self::Items<'_>) -> impl Future<Output = Made> {
        W::call(function, items)
    }
}

/// The ways in which all parameters are found. The compiler goes through them one by one, and looks at the function at the end: while
/// one of them is open, it would compare a type that it does not know yet with what a generic or opaque function (`F: FnOnce(&State)`,
/// `impl FnOnce(&State)`) says of itself, and refuse the function for good.
pub trait Known<P: Asks<All>, F, All, Mode, Made> {
    fn call(function: F, items: P::Items<'_>) -> impl Future<Output = Made>;
}

macro_rules! known {
    ($($Way:ty $(where $Index:ident)?),*) => {$(
        impl<P: Asks<All>, F, All, Mode, Made, Rest $(, $Index)?> Known<P, F, All, Mode, Made> for ($Way, Rest)
        where
            Rest: Known<P, F, All, Mode, Made>,
        {
            fn call(function: F, items: P::Items<'_>) -> impl Future<Output = Made> {
                Rest::call(function, items)
            }
        }
    )*};
}
known!(Found<Index> where Index, Seen, Changed, Taken, Undo);

impl<P: Calls<F, All, Made>, F, All, Made> Known<P, F, All, Called, Made> for () {
    fn call(function: F, items: P::Items<'_>) -> impl Future<Output = Made> {
        P::call(function, items)
    }
}

impl<P: Awaits<F, All, Made>, F, All, Made> Known<P, F, All, Awaited, Made> for () {
    fn call(function: F, items: P::Items<'_>) -> impl Future<Output = Made> {
        P::call(function, items)
    }
}

/// The function is called.
#[diagnostic::on_unimplemented(
    message = "this function cannot be called with what it asks for",
    label = "cannot be called",
    note = "what it takes by reference it has to take for any lifetime: `&State`, and not `&'static State`"
)]
pub trait Calls<F, W, Made>: Asks<W> {
    fn call(function: F, items: Self::Items<'_>) -> impl Future<Output = Made>;
}

/// The function is called, and what it returns is awaited.
#[diagnostic::on_unimplemented(
    message = "this function of an async app is not an `async fn`",
    label = "not an `async fn`",
    note = "with `async fn main` every `run` and every signal's function is an `async fn`; what blocks belongs in `tokio::task::spawn_blocking`"
)]
pub trait Awaits<F, W, Made>: Asks<W> {
    fn call(function: F, items: Self::Items<'_>) -> impl Future<Output = Made>;
}

/// `list!(A B)` is `(A, (B, ()))`, of types and of what they name.
macro_rules! list {
    () => { () };
    ($first:ident $($rest:ident)*) => { ($first, list!($($rest)*)) };
}

/// A backtrace is to end at the user's function. One that is awaited is polled from where that is so.
macro_rules! call {
    (Calls $call:expr) => {
        __rust_begin_short_backtrace(move || $call)
    };
    (Awaits $call:expr) => {
        $call.await
    };
}

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

macro_rules! shapes {
    () => { shape!(); };
    ($P:ident $Way:ident $($rest:ident)*) => {
        shape!($P $Way $($rest)*);
        shapes!($($rest)*);
    };
}
shapes!(A WayA B WayB C WayC D WayD E WayE G WayG H WayH I WayI);
