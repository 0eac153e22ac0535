//! What functions may return.

use std::fmt::Debug;
use std::future::Future;
use std::process::ExitCode;

use super::kind::{Awaited, Called};
use crate::error::{CallbackOutput, Failure};
use crate::status::End;

/// What `start` may return: nothing, or `Result<State, E>`.
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

// What the notes say needs no list of implementations behind it.
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

/// What `run` and `stop` may return: `()`, `ExitCode`, or a `Result` of these.
#[diagnostic::on_unimplemented(
    message = "a phase cannot return `{Self}`",
    label = "returned by a phase",
    note = "`run` and `stop` return `()`, `ExitCode`, or `Result<(), E>` or `Result<ExitCode, E>` where `E: Debug + 'static`",
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

/// `!`, which stable Rust lets nobody write here.
type Never = <fn() -> ! as Output>::Type;

/// What a function returns.
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

/// What `start` returns, called or awaited.
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

/// What `run` and `stop` return, called or awaited.
#[diagnostic::on_unimplemented(
    message = "a phase cannot return `{Self}`",
    label = "returned by a phase",
    note = "`run` and `stop` return `()`, `ExitCode`, or `Result<(), E>` or `Result<ExitCode, E>` where `E: Debug + 'static`"
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

/// What a signal's function returns, called or awaited.
pub trait Reacted<Mode> {
    type Ready: CallbackOutput;
}

impl<R: CallbackOutput> Reacted<Called> for R {
    type Ready = R;
}

impl<R: Future<Output: CallbackOutput>> Reacted<Awaited> for R {
    type Ready = R::Output;
}
