//! The table of shapes: how many parameters a function has, and whether it is called or awaited.

use super::kind::{Awaited, Called};
use super::param::{Ask, Asks};
use crate::contain::__rust_begin_short_backtrace;

/// A function, as it is written: what it takes and what it returns. Of an `async fn` that is a future.
///
/// This reads the function for *some* lifetimes. So there is one reading of each function, and nothing to be ambiguous about.
pub trait Function<Params, Output> {}

/// The parameters of a function `F` that can be called, or called and awaited, with what they ask for, for *all* lifetimes.
#[diagnostic::on_unimplemented(
    message = "this function of an async app is not an `async fn`",
    label = "not an `async fn`",
    note = "with `async fn main` every `run` and every signal's function is an `async fn`; what blocks belongs in `tokio::task::spawn_blocking`"
)]
#[allow(
    async_fn_in_trait,
    reason = "phases run on one thread and need not be `Send`"
)]
pub trait Callable<F, W, Mode, Made>: Asks<W> {
    async fn call(function: F, items: Self::Items<'_>) -> Made;
}

/// `list!(A B)` is `(A, (B, ()))`, of types and of what they name.
macro_rules! list {
    () => { () };
    ($first:ident $($rest:ident)*) => { ($first, list!($($rest)*)) };
}

/// A backtrace is to end at the user's function. One that is awaited is polled from where that is so.
macro_rules! call {
    (Called $call:expr) => {
        __rust_begin_short_backtrace(move || $call)
    };
    (Awaited $call:expr) => {
        $call.await
    };
}

macro_rules! shape {
    ($($P:ident $Way:ident)*) => {
        impl<F: FnOnce($($P),*) -> R, R, $($P: 'static),*> Function<list!($($P)*), R> for F {}
        shape!(Called: FnOnce $($P $Way)*);
        shape!(Awaited: AsyncFnOnce $($P $Way)*);
    };
    ($Mode:ident: $Fn:ident $($P:ident $Way:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<F, R, $($P, $Way),*> Callable<F, list!($($Way)*), $Mode, R> for list!($($P)*)
        where
            F: for<'s> $Fn($($P::Item<'s>),*) -> R,
            $($P: Ask<$Way>,)*
        {
            #[allow(non_snake_case, reason = "a value and its type")]
            async fn call(
                function: F,
                list!($($P)*): <Self as Asks<list!($($Way)*)>>::Items<'_>,
            ) -> R {
                call!($Mode function($($P),*))
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
