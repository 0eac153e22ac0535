//! What functions may ask for and return: those of an app, of its components, and those that signals call.
//!
//! | function | asks for, in any order | returns |
//! |---|---|---|
//! | `start` | the value of `main`'s body, itself or by `&`; `&Shutdown`; `&mut Cleanup` | nothing, or `Result<State, E>` |
//! | `run` | the state, by `&`, by `&mut`, or itself; `&Shutdown`; the value of `main`'s body by `&` | nothing, `ExitCode`, or a `Result` of these |
//! | `stop` | the state, itself or by `&`; `&Shutdown`; the value of `main`'s body by `&` | what `run` may return |
//! | a signal's function | the state by `&`; `&Shutdown`; the value of `main`'s body by `&` | nothing, or `Result<(), E>` |
//!
//! Each is found by its type, each may be left out, and at most eight may be there. What is not there is an error of the compiler, at the
//! function that asks for it. What a [component](crate::component) may ask for besides is said there.
//!
//! What one has taken is there for nobody else. Where `start` takes the value of `main`'s body, no other function sees that; where it
//! does not, the value lives until `stop` has run. Where `run` takes the state by `&mut`, no signal's function sees it; where it takes the state itself,
//! neither does `stop`. A state that `stop` does not take is dropped after it, inside the shield.
//!
//! One type for each role: where two of them have one type, nobody can ask for it by `&`. Give one of them a type of its own,
//! `struct Own(Shutdown)`. For the same reason a function cannot leave a type open that it asks for, as `fn stop<T: Store>(_: T)` does: write `stop::<Disk>`.
//! A closure has to name the types of its parameters: `|shutdown: &Shutdown| shutdown.wait()`.
//!
//! Every error `E` is `Debug + 'static`. The state need not be `Send`. What a signal's function asks for in an app of threads has to be `Sync`.
//!
//! In an async app, made by `async fn main` or [`App::executor`](crate::App::executor), `run` and the functions of signals are `async fn`, and
//! `start` and `stop` may be. In an app of threads an `async fn` is none of these.
//!
//! A `fn start` or `fn stop` of an async app runs on the executor's thread, and blocks it until it returns. On tokio nothing can be
//! awaited in it either: `Handle::current().block_on(…)` panics there, with "Cannot start a runtime from within a runtime". Write an `async fn`, or on the
//! multi-thread runtime put `tokio::task::block_in_place` around the call.
//!
//! ```standalone_crate
//! use aplomb::{App, Cleanup, Shutdown};
//! use std::io;
//!
//! struct Store;
//!
//! fn start(cleanup: &mut Cleanup, shutdown: &Shutdown) -> io::Result<Store> { Ok(Store) }
//! fn run(store: &mut Store) -> io::Result<()> { Ok(()) }
//! fn stop(shutdown: &Shutdown, store: Store) {}
//!
//! App::new(start, run, stop).run()?;
//! # Ok::<(), aplomb::Error>(())
//! ```

use std::future::Future;
use std::pin::Pin;

mod cleanup;
#[allow(missing_docs, reason = "it is in no document")]
#[cfg_attr(doc, doc(hidden))]
pub mod machinery;
mod work;

// Whoever makes an app passes through it, so it is in no other document.
pub use crate::app::Builder;
pub use cleanup::Cleanup;
pub use machinery::{List, PhaseOutput, StartOutput};
pub(crate) use work::{Await, Call, Named, OnThread, Work};

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

/// In place of a shape: there is no such function.
#[derive(Debug)]
#[doc(hidden)]
pub enum NoPhase {}

/// What is awaited.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
