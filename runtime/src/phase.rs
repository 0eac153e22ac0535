//! The shapes that phases may have: one implementation a shape, chosen by the compiler.
//!
//! | phase | takes, in this order and each optional | returns |
//! |---|---|---|
//! | `start` | the value of `main`'s body, `&Shutdown`, `&mut Cleanup` | nothing, or `Result<State, E>` |
//! | `run` | `&State` or `&mut State`, `&Shutdown` | nothing, `ExitCode`, or a `Result` of these |
//! | `stop` | `State`, `&Shutdown` | the same |
//! | a signal's function | `&State`, `&Shutdown` | nothing, or `Result<(), E>` |
//!
//! Every error `E` is `Debug + 'static`. The state need not be `Send`, except that a signal's function
//! may borrow it only if it is `Sync`, and `run` does not take it by `&mut`.
//!
//! In an async app, made by `async fn main` or [`App::asynchronous`](crate::App::asynchronous), each of
//! them is an `async fn`, and takes and returns the same.
//!
//! The last parameter of each trait names the shape. It is inferred, and there only to keep the
//! implementations apart.
//!
//! ```standalone_crate
//! use aplomb::{App, Cleanup, Shutdown};
//! use std::io;
//!
//! struct Store;
//!
//! fn start(shutdown: &Shutdown, cleanup: &mut Cleanup) -> io::Result<Store> { Ok(Store) }
//! fn run(store: &mut Store) -> io::Result<()> { Ok(()) }
//! fn stop(store: Store, shutdown: &Shutdown) {}
//!
//! App::new(start, run, stop).run()?;
//! # Ok::<(), aplomb::Error>(())
//! ```

use std::fmt::Debug;
use std::process::ExitCode;

use crate::Shutdown;
use crate::cleanup::Cleanup;
use crate::exit::End;
use crate::failure::{Failure, MayFail};

mod asynchronous;
mod callback;
mod run;
mod start;
mod stop;

pub(crate) use asynchronous::erase_async;
pub use asynchronous::{
    AsyncCallback, AsyncCallbacks, AsyncErased, AsyncRegistered, AsyncRun, AsyncStart, AsyncStop,
    Called,
};
pub(crate) use callback::erase;
pub use callback::{Bound, Callback, Callbacks, Erased, Registered};
pub use run::{Access, Exclusive, Run, Shared};
pub use start::{Start, Started};
pub use stop::Stop;

/// In place of a phase that is left out: `App::new(start, run, Absent)`.
///
/// Without `start` the state is the value of `main`'s body; without `run` the app waits for the
/// request; without `stop` the state is dropped, inside the shield.
///
/// ```standalone_crate
/// use aplomb::{Absent, App};
///
/// App::new(Absent, || println!("hello"), Absent).run()?;
/// # Ok::<(), aplomb::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Absent;

/// Names of shapes, for the traits' last parameter: what a phase takes.
#[allow(missing_debug_implementations, reason = "types without values")]
pub mod shape {
    /// Nothing.
    pub enum Nothing {}
    /// The value before it.
    pub enum Value {}
    /// The value before it, to change it.
    pub enum ValueMut {}
    /// `&Shutdown`.
    pub enum Handle {}
    /// The value before it and `&Shutdown`.
    pub enum ValueHandle {}
    /// The value before it, to change it, and `&Shutdown`.
    pub enum ValueMutHandle {}
    /// One of the others, and `&mut Cleanup`.
    pub enum AndCleanup<Shape> {
        #[doc(hidden)]
        Never(Shape, std::convert::Infallible),
    }
    /// There is no such phase.
    pub enum NoPhase {}
}

/// What `run` and `stop` may return: `()`, `ExitCode`, or a `Result` of these.
#[diagnostic::on_unimplemented(
    message = "a phase cannot return `{Self}`",
    label = "returned by a phase",
    note = "`run` and `stop` return `()`, `ExitCode`, or `Result<(), E>` or `Result<ExitCode, E>` where `E: Debug + 'static`"
)]
pub trait Ended {
    #[doc(hidden)]
    fn into_end(self) -> Result<End, Failure>;
}

impl Ended for () {
    fn into_end(self) -> Result<End, Failure> {
        Ok(End::Done)
    }
}

impl Ended for ExitCode {
    fn into_end(self) -> Result<End, Failure> {
        Ok(End::from_code(self))
    }
}

impl<E: Debug + 'static> Ended for Result<(), E> {
    fn into_end(self) -> Result<End, Failure> {
        self.map(|()| End::Done).map_err(Failure::new)
    }
}

impl<E: Debug + 'static> Ended for Result<ExitCode, E> {
    fn into_end(self) -> Result<End, Failure> {
        self.map(End::from_code).map_err(Failure::new)
    }
}

/// `!`, which stable Rust lets nobody write here.
type Never = <fn() -> ! as Output>::Type;

/// What a function returns.
pub trait Output {
    #[doc(hidden)]
    type Type;
}

impl<T> Output for fn() -> T {
    type Type = T;
}

impl Ended for Never {
    fn into_end(self) -> Result<End, Failure> {
        self
    }
}

impl MayFail for Never {
    fn into_result(self) -> Result<(), Failure> {
        self
    }
}
