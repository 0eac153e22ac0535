//! What functions may return. An `async fn` returns a future, whose output counts.
//!
//! Three traits say what a value may be: [`StartOutput`], [`PhaseOutput`] and [`CallbackOutput`]. Three more, with a
//! mode as their parameter, find that value in what a function returns. No type is both such a value and a future, so
//! the compiler infers the mode.

use std::fmt::Debug;
use std::future::Future;
use std::process::{ExitCode, ExitStatus};

use super::kind::{Awaited, Called};
use crate::error::{CallbackOutput, Failure};
use crate::status::End;

/// What `start` may return: nothing, which makes the state `()`, or `Result<State, E>`.
///
/// An `Err` is printed with its `Debug`, as `main` prints one. It means that there is no state: neither `run` nor
/// `stop` is called, what `start` has pushed on its [`Cleanup`](crate::Cleanup) is undone, and the exit status is 1.
#[diagnostic::on_unimplemented(
    message = "`start` cannot return `{Self}`",
    label = "returned by `start`",
    note = "`start` returns nothing, or `Result<State, E>` where `E: Debug + 'static`; write `-> Result<{Self}, Error>` and `Ok(..)` around the state",
    note = "an `async fn` is a phase of an `async fn main`"
)]
pub trait StartOutput {
    /// The state.
    type State: 'static;

    #[doc(hidden)]
    fn into_state(self) -> Result<Self::State, Failure>;
}

// Without this attribute rustc would list the implementations behind the notes, which say that already.
#[diagnostic::do_not_recommend]
impl StartOutput for () {
    type State = ();

    fn into_state(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<S: 'static, E: Debug + 'static> StartOutput for Result<S, E> {
    type State = S;

    fn into_state(self) -> Result<S, Failure> {
        self.map_err(Failure::new)
    }
}

/// What `run` and `stop` may return: `()`, `ExitCode`, the `ExitStatus` of a child, or a `Result` of one of these.
///
/// An `ExitCode` other than success is the exit status, unless something worse has happened. With the `ExitStatus` of a
/// child the program ends as the child has: with its code, or by its signal, of which no core is dumped. An `Err` is
/// printed with its `Debug`, as `main` prints one, and the status is 1; [`Cancelled`](crate::Cancelled) after a request
/// is no error.
#[diagnostic::on_unimplemented(
    message = "a phase cannot return `{Self}`",
    label = "returned by a phase",
    note = "`run` and `stop` return `()`, `ExitCode`, the `ExitStatus` of a child, or a `Result` of one of these with an error that is `Debug + 'static`",
    note = "an `async fn` is a phase of an `async fn main`"
)]
pub trait PhaseOutput {
    #[doc(hidden)]
    fn into_end(self) -> Result<End, Failure>;
}

#[diagnostic::do_not_recommend]
impl PhaseOutput for () {
    fn into_end(self) -> Result<End, Failure> {
        Ok(End::Done)
    }
}

#[diagnostic::do_not_recommend]
impl PhaseOutput for ExitCode {
    fn into_end(self) -> Result<End, Failure> {
        Ok(End::from_code(self))
    }
}

#[diagnostic::do_not_recommend]
impl PhaseOutput for ExitStatus {
    fn into_end(self) -> Result<End, Failure> {
        Ok(End::from_status(self))
    }
}

impl<E: Debug + 'static> PhaseOutput for Result<(), E> {
    fn into_end(self) -> Result<End, Failure> {
        self.map(|()| End::Done).map_err(Failure::new)
    }
}

impl<E: Debug + 'static> PhaseOutput for Result<ExitCode, E> {
    fn into_end(self) -> Result<End, Failure> {
        self.map(End::from_code).map_err(Failure::new)
    }
}

impl<E: Debug + 'static> PhaseOutput for Result<ExitStatus, E> {
    fn into_end(self) -> Result<End, Failure> {
        self.map(End::from_status).map_err(Failure::new)
    }
}

/// The type `!` of a function that never returns. Stable Rust allows the sign `!` as the output of a function type
/// alone, so this is read out of one.
type Never = <fn() -> ! as Output>::Type;

/// `<fn() -> T as Output>::Type` is `T`.
#[doc(hidden)]
pub trait Output {
    type Type;
}

impl<T> Output for fn() -> T {
    type Type = T;
}

#[diagnostic::do_not_recommend]
impl PhaseOutput for Never {
    fn into_end(self) -> Result<End, Failure> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl CallbackOutput for Never {
    fn into_result(self) -> Result<(), Failure> {
        self
    }
}

/// What a `start` returns that is [`Called`], or whose future is [`Awaited`]. `Ready` is the value that comes of it.
#[diagnostic::on_unimplemented(
    message = "`start` cannot return `{Self}`",
    label = "returned by `start`",
    note = "`start` returns nothing, or `Result<State, E>` where `E: Debug + 'static`; write `-> Result<{Self}, Error>` and `Ok(..)` around the state"
)]
pub trait Started<Mode> {
    type Ready: StartOutput;
}

impl<R: StartOutput> Started<Called> for R {
    type Ready = R;
}

impl<R: Future<Output: StartOutput>> Started<Awaited> for R {
    type Ready = R::Output;
}

/// What a `run` or `stop` returns that is [`Called`], or whose future is [`Awaited`]. `Ready` is the value that comes
/// of it.
#[diagnostic::on_unimplemented(
    message = "a phase cannot return `{Self}`",
    label = "returned by a phase",
    note = "`run` and `stop` return `()`, `ExitCode`, the `ExitStatus` of a child, or a `Result` of one of these with an error that is `Debug + 'static`"
)]
pub trait Ended<Mode> {
    type Ready: PhaseOutput;
}

impl<R: PhaseOutput> Ended<Called> for R {
    type Ready = R;
}

impl<R: Future<Output: PhaseOutput>> Ended<Awaited> for R {
    type Ready = R::Output;
}

/// What a signal's function returns that is [`Called`], or whose future is [`Awaited`]. `Ready` is the value that comes
/// of it.
pub trait Reacted<Mode> {
    type Ready: CallbackOutput;
}

impl<R: CallbackOutput> Reacted<Called> for R {
    type Ready = R;
}

impl<R: Future<Output: CallbackOutput>> Reacted<Awaited> for R {
    type Ready = R::Output;
}
