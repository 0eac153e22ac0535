//! The table of shapes: how many parameters a function has, and whether it is called or awaited.

use super::kind::{Awaited, Called};
use super::param::{Ask, Asks};

/// A function, as it is written: what it takes and what it returns. Of an `async fn` that is a future.
///
/// This reads the function for *some* lifetimes. So there is one reading of each function, and nothing to be ambiguous about.
#[diagnostic::on_unimplemented(
    message = "this is no function that an app can call",
    label = "not such a function",
    note = "it is a function with at most eight parameters, or a closure that names the types of its parameters, and not `unsafe`"
)]
pub trait Function<Shape> {
    type Params;
    type Output;
}

/// A function that can be called, or called and awaited, with what its parameters ask for, for *all* lifetimes.
#[allow(
    async_fn_in_trait,
    reason = "phases run on one thread and need not be `Send`"
)]
pub trait Callable<F, Params: Asks<Ways>, Ways, Mode> {
    type Made;
    async fn call(function: F, items: Params::Items<'_>) -> Self::Made;
}

/// `list!(A B)` is `(A, (B, ()))`, of types and of what they name.
macro_rules! list {
    () => { () };
    ($first:ident $($rest:ident)*) => { ($first, list!($($rest)*)) };
}

macro_rules! shape {
    ($($P:ident $Way:ident)*) => {
        impl<F: FnOnce($($P),*) -> R, R, $($P: 'static),*> Function<fn($($P),*) -> R> for F {
            type Params = list!($($P)*);
            type Output = R;
        }
        shape!(Called FnOnce() $($P $Way)*);
        shape!(Awaited AsyncFnOnce(.await) $($P $Way)*);
    };
    ($Mode:ident $Fn:ident($($await:tt)*) $($P:ident $Way:ident)*) => {
        impl<F, Read, R, $($P, $Way),*> Callable<F, list!($($P)*), list!($($Way)*), $Mode> for fn($($P),*) -> Read
        where
            F: for<'s> $Fn($($P::Item<'s>),*) -> R,
            $($P: Ask<$Way>,)*
        {
            type Made = R;
            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                function: F,
                list!($($P)*): <list!($($P)*) as Asks<list!($($Way)*)>>::Items<'_>,
            ) -> R {
                function($($P),*)$($await)*
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
