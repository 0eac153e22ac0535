//! What the attributes' output names. Not part of the interface.

use std::fmt::Debug;

use crate::app::App;
use crate::failure::Failure;
use crate::phase::{Callbacks, Run, Start, Stop};

pub use crate::app::Options;
pub use crate::phase::Absent;

/// The program, from what `#[app]` was told.
#[track_caller]
pub fn main<B, St, R, Sp, Cs, X, Y, Z, Shapes>(
    options: Options,
    body: B,
    start: St,
    run: R,
    stop: Sp,
    callbacks: Cs,
) -> !
where
    B: Body + Send + 'static,
    St: Start<B::Value, X> + Send + 'static,
    R: Run<St::State, Y> + Send + 'static,
    Sp: Stop<St::State, Z> + Send + 'static,
    Cs: Callbacks<St::State, R::Access, Shapes>,
{
    App::with_body(|| body.call(), start, run, stop)
        .with_options(options, callbacks)
        .main()
}

/// The body of `main`.
pub trait Body {
    type Value: 'static;

    fn call(self) -> Result<Self::Value, Failure>;
}

/// There is none.
#[allow(clippy::missing_errors_doc, reason = "there is none of these either")]
pub fn no_body() -> Result<(), Failure> {
    Ok(())
}

impl<C: 'static, F: FnOnce() -> Result<C, Failure>> Body for F {
    type Value = C;

    fn call(self) -> Result<C, Failure> {
        self()
    }
}

/// One that makes a value.
#[derive(Debug)]
pub struct Plain<C>(fn() -> C);

pub fn plain<C: 'static>(body: fn() -> C) -> Plain<C> {
    Plain(body)
}

impl<C: 'static> Body for Plain<C> {
    type Value = C;

    fn call(self) -> Result<C, Failure> {
        Ok(self.0())
    }
}

/// One that makes a value or fails.
#[derive(Debug)]
pub struct Fallible<C, E> {
    body: fn() -> Result<C, E>,
    explain: fn(E) -> Failure,
}

/// The bound on the error is here alone, where rustc points at the user's function for it.
pub fn fallible<C: 'static, E: Debug + 'static>(body: fn() -> Result<C, E>) -> Fallible<C, E> {
    Fallible {
        body,
        explain: Failure::new,
    }
}

impl<C: 'static, E> Body for Fallible<C, E> {
    type Value = C;

    fn call(self) -> Result<C, Failure> {
        (self.body)().map_err(self.explain)
    }
}
